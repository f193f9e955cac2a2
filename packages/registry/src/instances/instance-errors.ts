import { ApiError, invalid, type StatusCause } from "../http/status.ts";
import type { InstanceAddress } from "./workload-entry.ts";

/** 422 with all that is wrong with a registration. */
export function invalidInstance(at: InstanceAddress, causes: readonly StatusCause[]): ApiError {
  return invalid("Instance", "", at.instance, causes);
}

/** 404: its lease has run out, or it never was. */
export function notRegistered(at: InstanceAddress): ApiError {
  return new ApiError(404, "NotFound", `${describe(at)} is not registered`, details(at));
}

/** 409 for a process whose id another one has by now. */
export function takenOver(at: InstanceAddress): ApiError {
  const message = `${describe(at)} was taken over by a newer process with the same id: stop this one, or give it an id of its own`;
  return new ApiError(409, "Conflict", message, details(at));
}

function describe({ namespace, service, instance }: InstanceAddress): string {
  return `instance "${instance}" of service "${service}" in namespace "${namespace}"`;
}

function details({ instance }: InstanceAddress): { readonly name: string; readonly kind: string } {
  return { name: instance, kind: "instances" };
}
