import {
  duration,
  flag,
  honoured,
  integer,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  percentage,
  text,
} from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";

const circuitBreaker: ObjectSchema = object("CircuitBreakerSpec", "Stops calling while too many requests fail.", {
  errorThresholdPercentage: honoured(percentage, "Share of failures that opens it, 0 to 100 percent.", {
    default: "50",
  }),
  volumeThreshold: honoured(integer(0), "Requests in the window below which it stays closed.", { default: "20" }),
  rollingWindow: honoured(duration, "Time over which requests count, at least 1ms.", { default: "10s" }),
  resetTimeout: honoured(duration, "Time until one request may try again, at least 1ms.", { default: "5s" }),
  timeout: honoured(duration, "Time after which a request counts as failed, at least 1ms.", { default: "none" }),
  force: honoured(oneOf("OPEN", "CLOSED"), "An operator's word in place of the window's."),
});

const bulkhead: ObjectSchema = object("BulkheadSpec", "Requests at once.", {
  maxConcurrent: honoured(integer(1), "Requests under way, 1 or more.", { required: true }),
  maxQueue: honoured(integer(0), "Requests that wait; 0 refuses at once.", { default: "0" }),
});

const retryBudget: ObjectSchema = object("RetryBudgetSpec", "Retries as a share of requests.", {
  percent: honoured(percentage, "Share of the requests, 0 to 100 percent.", { default: "20" }),
  minRetriesPerSecond: honoured(number(0), "Retries a second that are always allowed.", { default: "10" }),
  ttl: honoured(duration, "Time over which requests count, at least 1ms.", { default: "10s" }),
});

const hedging: ObjectSchema = object("HedgingSpec", "A second try before the first has failed.", {
  delay: honoured(duration, "When the next try starts, at least 1ms.", { required: true }),
  maxHedges: honoured(integer(1), "Tries beside the first, 1 or more.", { default: "1" }),
});

const fallbackResponse: ObjectSchema = object("FallbackResponse", "An answer that is ready.", {
  status: honoured(integer(200, 599), "HTTP status, 200 to 599.", { required: true }),
  body: honoured(text, "The body.", { default: "empty" }),
  headers: honoured(mapOf(text), "Headers by name."),
});

const fallbackDestination: ObjectSchema = object("FallbackDestination", "Another host.", {
  host: honoured(text, "The host.", { required: true }),
  subset: honoured(text, "A subset of it."),
});

const fallback: ObjectSchema = object("FallbackSpec", "What to do for a request that failed: one of the two.", {
  respond: honoured(fallbackResponse, "Answers with this."),
  destination: honoured(fallbackDestination, "Asks another host."),
  maxConcurrent: honoured(integer(1), "Fallbacks at once, 1 or more.", { default: "10" }),
});

const collapse: ObjectSchema = object("CollapseSpec", "Identical requests under way share one call.", {
  methods: honoured(listOf(text), "Methods for which they do: GET, HEAD or OPTIONS.", { default: "GET" }),
});

const rateLimit: ObjectSchema = object("RateLimitSpec", "Requests in a time, counted by each process.", {
  requests: honoured(integer(1), "Requests in one interval, 1 or more.", { required: true }),
  interval: honoured(duration, "The interval, at least 1ms.", { default: "1s" }),
  per: honoured(oneOf("caller", "route"), "Counts each caller or each route apart.", { default: "all together" }),
  inbound: honoured(flag, "Counts where requests come in, rather than where they go out.", { default: "false" }),
});

const adaptiveConcurrency: ObjectSchema = object(
  "AdaptiveConcurrencySpec",
  "A limit of requests at once that follows the latency.",
  {
    initial: honoured(integer(1), "The limit at first, 1 or more.", { default: "20, or max where that is lower" }),
    max: honoured(integer(1), "The highest limit, not below `initial`.", { default: "200" }),
  },
);

export const resiliencePolicy: KindSchema = {
  kind: "ResiliencePolicy",
  doc: "What Istio has no field for: circuit breakers by error rate, bulkheads, hedging, fallbacks and the like. A kind of intramesh's own.",
  status: "honoured",
  spec: object("ResiliencePolicySpec", "A host and at least one block for it.", {
    host: honoured(text, "The host: a short name or a full one.", { required: true }),
    subset: honoured(text, "Narrows it to a subset of the host's DestinationRule.", { default: "all of the host" }),
    circuitBreaker: honoured(circuitBreaker, "Stops calling while too many requests fail."),
    bulkhead: honoured(bulkhead, "Limits requests at once."),
    retryBudget: honoured(retryBudget, "Limits retries to a share of requests."),
    hedging: honoured(hedging, "Starts a second try before the first has failed."),
    fallback: honoured(fallback, "What to do for a request that failed."),
    collapse: honoured(collapse, "Identical requests under way share one call."),
    rateLimit: honoured(rateLimit, "Limits requests in a time."),
    adaptiveConcurrency: honoured(adaptiveConcurrency, "Limits requests at once by the latency."),
    loadBalancer: honoured(
      oneOf("peakEwma", "eventLoopAware"),
      "Chooses by the latency seen, or by how busy the endpoint's event loop is. Stands above the DestinationRule's.",
    ),
    subsetSize: honoured(integer(1), "Endpoints that one process balances over, 1 or more.", { default: "all" }),
  }),
};
