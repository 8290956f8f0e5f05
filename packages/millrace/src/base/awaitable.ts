/** What may be there already: on the way of each request, a promise for nothing is dear. */

export type Awaitable<T> = T | Promise<T>;
