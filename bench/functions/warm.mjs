/** A handler that does next to nothing, and tells its memory: what is measured is the way to it. */

export const handler = async (event) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ path: event.rawPath, rss: process.memoryUsage.rss() }),
});
