// An unmodified Segment client, pointed at our address. One line of JSON on standard output.
//
// Arguments: host, key, what to send (JSON: an array of [method, message]).
import { createRequire } from "node:module";

// Modules lie where the test installed them, not beside this file.
const require = createRequire(process.env.CONFIDANT_NODE_MODULES + "/");
const { Analytics } = require("@segment/analytics-node");

const [host, writeKey, calls] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, flushAt: 5, maxRetries: 0 });
const said = { answers: [], errors: [] };
analytics.on("http_request", ({ url, headers }) => {
  said.url = url;
  said.authorized = "Authorization" in headers;
});
analytics.on("error", (error) => said.errors.push(String(error.reason ?? error.code)));
const done = [];
for (const [method, message] of JSON.parse(calls)) {
  done.push(
    new Promise((resolve) => {
      analytics[method](message, (error, context) => {
        said.answers.push(error ? String(error) : context.event.type);
        resolve();
      });
    }),
  );
}
await analytics.closeAndFlush();
await Promise.all(done);
console.log(JSON.stringify(said));
