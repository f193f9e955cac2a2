/**
 * Envoy's short codes for why a response is what it is
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage, RESPONSE_FLAGS).
 */
export type ResponseFlag =
  | "NR" // no route
  | "NC" // no such cluster
  | "UH" // no healthy upstream
  | "UF" // upstream connection failure
  | "UO" // upstream overflow
  | "UT" // upstream request timeout
  | "URX" // retries used up
  | "UC" // upstream closed the connection
  | "UR" // upstream reset the stream
  | "LR" // reset from here
  | "DI" // delay injected
  | "FI" // abort injected
  | "RL" // rate limited
  | "UAEX" // refused by authorization
  | "SI" // no byte of a body moved for too long
  | "DC" // the caller went away
  | "UPE" // upstream protocol error
  | "DPE"; // the caller's request cannot be understood
