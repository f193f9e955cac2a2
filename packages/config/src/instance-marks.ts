/** Labels and annotations by which a WorkloadEntry says that it is an instance that registered itself for a service. */
export const instanceMarks = {
  /** Label with the service's name, which a Service's selector usually asks for. */
  appLabel: "app",
  /** Annotation: the service's name. A service that no Service resource declares exists through its instances. */
  service: "intramesh.io/service",
  /** Annotation: JSON of port name to the port that callers use. Absent: they use the instance's own ports. */
  servicePorts: "intramesh.io/service-ports",
} as const;
