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
  uint32,
} from "./build-schema.ts";
import type { FieldSchema, ObjectSchema } from "./field-schema.ts";

const cookieAttribute: ObjectSchema = object("CookieAttribute", "One attribute of a cookie.", {
  name: honoured(text, "Its name, such as `SameSite`."),
  value: honoured(text, "Its value."),
});

const hashCookie: ObjectSchema = object("HashCookie", "The cookie whose value is the key.", {
  name: honoured(text, "Its name.", { required: true }),
  path: honoured(text, "Path of a cookie that is made."),
  ttl: honoured(duration, "Makes the cookie where it is missing; `0s` makes one for the session.", {
    default: "no cookie is made",
  }),
  attributes: honoured(listOf(cookieAttribute), "Attributes of a cookie that is made."),
});

const ringHash: ObjectSchema = object("RingHashSpec", "Endpoints on a ring.", {
  minimumRingSize: honoured(integer(0, 8_388_608), "Least number of points on the ring, at most 8388608.", {
    default: "1024",
  }),
});

const maglev: ObjectSchema = object("MaglevSpec", "Endpoints in a table.", {
  tableSize: honoured(integer(2, 5_000_010), "Entries of the table: a prime number below 5000011.", { required: true }),
});

const consistentHash: ObjectSchema = object(
  "ConsistentHashSpec",
  "The same key goes to the same endpoint: one key, and one of `ringHash` and `maglev`. A request without the key goes anywhere.",
  {
    httpHeaderName: honoured(text, "Key: all values of this request header."),
    httpCookie: honoured(hashCookie, "Key: the value of a cookie."),
    useSourceIp: honoured(flag, "Key: the caller's address.", {
      differs: "In process the caller is the process itself: its own address is the key.",
    }),
    httpQueryParameterName: honoured(text, "Key: the first value of this query parameter."),
    ringHash: honoured(ringHash, "Endpoints on a ring.", { default: "a ring of 1024 points" }),
    maglev: honoured(maglev, "Endpoints in a table: faster, moves a little more when endpoints change."),
    minimumRingSize: honoured(integer(), "Least number of points on the ring.", {
      deprecated: "ringHash.minimumRingSize",
    }),
  },
);

const distribute: ObjectSchema = object("LocalityDistribute", "Shares for the callers of one locality.", {
  from: honoured(text, "The caller's locality: `region/zone/subzone`, `region/*` or `*`."),
  to: honoured(
    mapOf(integer(1, 100)),
    "Localities and their shares in percent; they add up to 100, others get nothing.",
  ),
});

const failover: ObjectSchema = object("LocalityFailover", "Which region stands in for another.", {
  from: honoured(text, "A region."),
  to: honoured(text, "The region that its callers go to next."),
});

const priorityLabels: FieldSchema = honoured(
  listOf(text),
  "Labels by weight of their agreement with the caller's: the more leading ones agree, the sooner an endpoint is chosen. `key=value` stands for the caller's.",
);

/** Near endpoints first; a MeshConfig has one too. */
export const localitySetting: ObjectSchema = object(
  "LocalitySpec",
  "Near endpoints first. Has an effect on failover only beside `outlierDetection`.",
  {
    distribute: honoured(listOf(distribute), "Shares by locality. Excludes the failovers."),
    failover: honoured(listOf(failover), "Regions that stand in for others."),
    failoverPriority: priorityLabels,
    enabled: honoured(flag, "False switches it off for this host.", { default: "true" }),
  },
);

/** Shares by zone; a MeshConfig has one too. */
export const zoneAware: ObjectSchema = object("ZoneAwareSpec", "Shares by zone, in proportion to its callers.", {
  enabled: honoured(flag, "Switches it on or off.", { default: "true" }),
  failover: honoured(listOf(failover), "Regions that stand in for others."),
  failoverPriority: priorityLabels,
  minClusterSize: honoured(uint32(), "Endpoints below which zones are not looked at.", { default: "6" }),
});

const warmup: ObjectSchema = object("WarmupSpec", "New endpoints get their share step by step.", {
  duration: honoured(duration, "How long it takes, at least 1ms.", { required: true }),
  minimumPercent: honoured(percentage, "Share at the beginning, 0 to 100 percent.", { default: "10" }),
  aggression: honoured(number(0), "Shape of the curve, more than 0; 1 is a straight line.", { default: "1" }),
});

export const loadBalancer: ObjectSchema = object(
  "LoadBalancerSpec",
  "How an endpoint is chosen: `simple` or `consistentHash`.",
  {
    simple: honoured(
      oneOf("UNSPECIFIED", "LEAST_CONN", "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "PASSTHROUGH"),
      "LEAST_REQUEST draws two and takes the less busy; RANDOM ignores weights; PASSTHROUGH goes to the address called. LEAST_CONN is an old name of LEAST_REQUEST.",
      { default: "LEAST_REQUEST" },
    ),
    consistentHash: honoured(consistentHash, "The same key goes to the same endpoint."),
    localityLbSetting: honoured(localitySetting, "Near endpoints first."),
    zoneAwareLbSetting: honoured(
      zoneAware,
      "Shares by zone, without `outlierDetection` too. Stands above every other wish for near endpoints. Pinned requests (`consistentHash`) follow regions only.",
      { differs: "The callers that count are the registered instances of the caller's own service, ill ones too." },
    ),
    warmupDurationSecs: honoured(duration, "How long new endpoints warm up.", { deprecated: "warmup" }),
    warmup: honoured(warmup, "New endpoints get their share step by step. ROUND_ROBIN and LEAST_REQUEST only."),
  },
);
