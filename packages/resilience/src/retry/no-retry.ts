/**
 * On the answer to a mesh's request: whoever gets it is not to send the request again. Written where a service has
 * stopped retrying to protect what it calls: its budget or ceiling was full, the request was a retry itself, or what it
 * calls said so. Finagle's non-retryable nack says the same. Without it every tier would spend a budget of its own on
 * the same failures; with it only the lowest does.
 */
export const noRetryHeader = "x-intramesh-no-retry";
