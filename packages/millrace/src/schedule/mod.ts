/** Schedules: `cron(...)` and `rate(...)`, and when they come next. */

export { readSchedule, type Schedule, type ScheduleResult } from "./schedule.ts";
