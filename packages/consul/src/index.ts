// Services, instances and resources from a Consul agent.
export {};
