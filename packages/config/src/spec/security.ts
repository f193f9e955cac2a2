// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";

/** Who may call what. Kept and checked; no program enforces it yet. */
export interface AuthorizationPolicy extends Resource<AuthorizationPolicySpec> {
  readonly apiVersion: "security.istio.io/v1" | "security.istio.io/v1beta1";
  readonly kind: "AuthorizationPolicy";
}

/** Whether workloads ask their callers for certificates. Kept and checked; no program enforces it yet. */
export interface PeerAuthentication extends Resource<PeerAuthenticationSpec> {
  readonly apiVersion: "security.istio.io/v1" | "security.istio.io/v1beta1";
  readonly kind: "PeerAuthentication";
}

/** Which tokens workloads take. Kept and checked; no program enforces it yet. */
export interface RequestAuthentication extends Resource<RequestAuthenticationSpec> {
  readonly apiVersion: "security.istio.io/v1" | "security.istio.io/v1beta1";
  readonly kind: "RequestAuthentication";
}

/** Workloads, rules and what becomes of requests that fit. */
export interface AuthorizationPolicySpec {
  /** The workloads that it is for. Default: all of the namespace. Validated only: it has no effect here. */
  readonly selector?: WorkloadSelector;
  /**
   * The resource that it is attached to. Excludes `selector`. Deprecated: use targetRefs. Validated only: it has no
   * effect here.
   * @deprecated Use targetRefs.
   */
  readonly targetRef?: TargetReference;
  /** The resources that it is attached to. Excludes `selector`. Validated only: it has no effect here. */
  readonly targetRefs?: readonly TargetReference[];
  /**
   * Any of these. ALLOW without rules lets nobody in; DENY and CUSTOM need some. Validated only: it has no effect here.
   */
  readonly rules?: readonly AuthorizationRule[];
  /** What becomes of a request that fits. Default: ALLOW. Validated only: it has no effect here. */
  readonly action?: "ALLOW" | "DENY" | "AUDIT" | "CUSTOM";
  /** Who decides. CUSTOM only. Validated only: it has no effect here. */
  readonly provider?: AuthorizationProvider;
}

/** Workloads, by their labels. */
export interface WorkloadSelector {
  /** Labels that the workload has, all of them; compared whole. Validated only: it has no effect here. */
  readonly matchLabels?: Readonly<Record<string, string>>;
}

/** A resource that the policy is attached to. */
export interface TargetReference {
  /** API group. Default: the core group. Validated only: it has no effect here. */
  readonly group?: string;
  /** Kind, such as `Service` or `Gateway`. Required. Validated only: it has no effect here. */
  readonly kind?: string;
  /** Name. Required. Validated only: it has no effect here. */
  readonly name?: string;
  /** Namespace. Default: the policy's. Validated only: it has no effect here. */
  readonly namespace?: string;
}

/** All three parts fit. An empty rule takes every request. */
export interface AuthorizationRule {
  /** Any of these callers. Validated only: it has no effect here. */
  readonly from?: readonly AuthorizationFrom[];
  /** Any of these calls. Validated only: it has no effect here. */
  readonly to?: readonly AuthorizationTo[];
  /** All of these attributes. Validated only: it has no effect here. */
  readonly when?: readonly AuthorizationCondition[];
}

/** One kind of caller. */
export interface AuthorizationFrom {
  /** Who calls. Required. Validated only: it has no effect here. */
  readonly source?: AuthorizationSource;
}

/** Who calls: every field fits. Values are compared whole, by `abc*`, by `*abc`, or `*` for being there. */
export interface AuthorizationSource {
  /**
   * Identities by certificate, `trust-domain/ns/namespace/sa/account`: one of them fits. Validated only: it has no
   * effect here.
   */
  readonly principals?: readonly string[];
  /**
   * Identities by certificate, `trust-domain/ns/namespace/sa/account`: none of them fits. Validated only: it has no
   * effect here.
   */
  readonly notPrincipals?: readonly string[];
  /** Identities by token, `issuer/subject`: one of them fits. Validated only: it has no effect here. */
  readonly requestPrincipals?: readonly string[];
  /** Identities by token, `issuer/subject`: none of them fits. Validated only: it has no effect here. */
  readonly notRequestPrincipals?: readonly string[];
  /** Namespaces of the caller: one of them fits. Validated only: it has no effect here. */
  readonly namespaces?: readonly string[];
  /** Namespaces of the caller: none of them fits. Validated only: it has no effect here. */
  readonly notNamespaces?: readonly string[];
  /**
   * Accounts of the caller, `namespace/account`, without wildcards: one of them fits. Validated only: it has no effect
   * here.
   */
  readonly serviceAccounts?: readonly string[];
  /**
   * Accounts of the caller, `namespace/account`, without wildcards: none of them fits. Validated only: it has no effect
   * here.
   */
  readonly notServiceAccounts?: readonly string[];
  /** Addresses or ranges that the connection comes from: one of them fits. Validated only: it has no effect here. */
  readonly ipBlocks?: readonly string[];
  /** Addresses or ranges that the connection comes from: none of them fits. Validated only: it has no effect here. */
  readonly notIpBlocks?: readonly string[];
  /**
   * Addresses or ranges of the first caller, behind proxies: one of them fits. Validated only: it has no effect here.
   */
  readonly remoteIpBlocks?: readonly string[];
  /**
   * Addresses or ranges of the first caller, behind proxies: none of them fits. Validated only: it has no effect here.
   */
  readonly notRemoteIpBlocks?: readonly string[];
  /** Trust domains of the caller: one of them fits. Validated only: it has no effect here. */
  readonly trustDomains?: readonly string[];
  /** Trust domains of the caller: none of them fits. Validated only: it has no effect here. */
  readonly notTrustDomains?: readonly string[];
}

/** One kind of call. */
export interface AuthorizationTo {
  /** What is called. Required. Validated only: it has no effect here. */
  readonly operation?: AuthorizationOperation;
}

/** What is called: every field fits. Values are compared whole, by `abc*`, by `*abc`, or `*` for being there. */
export interface AuthorizationOperation {
  /** Hosts, in any case: one of them fits. Validated only: it has no effect here. */
  readonly hosts?: readonly string[];
  /** Hosts, in any case: none of them fits. Validated only: it has no effect here. */
  readonly notHosts?: readonly string[];
  /** Ports, as text: one of them fits. Validated only: it has no effect here. */
  readonly ports?: readonly string[];
  /** Ports, as text: none of them fits. Validated only: it has no effect here. */
  readonly notPorts?: readonly string[];
  /** Methods: one of them fits. Validated only: it has no effect here. */
  readonly methods?: readonly string[];
  /** Methods: none of them fits. Validated only: it has no effect here. */
  readonly notMethods?: readonly string[];
  /**
   * Paths without query, `{*}` and `{**}` standing for segments: one of them fits. Validated only: it has no effect
   * here.
   */
  readonly paths?: readonly string[];
  /**
   * Paths without query, `{*}` and `{**}` standing for segments: none of them fits. Validated only: it has no effect
   * here.
   */
  readonly notPaths?: readonly string[];
}

/** One more attribute. */
export interface AuthorizationCondition {
  /**
   * The attribute, such as `request.headers[x-token]` or `source.ip`. Required. Validated only: it has no effect here.
   */
  readonly key?: string;
  /** One of them fits. Validated only: it has no effect here. */
  readonly values?: readonly string[];
  /** None of them fits. Validated only: it has no effect here. */
  readonly notValues?: readonly string[];
}

/** Who decides in the mesh's place. */
export interface AuthorizationProvider {
  /** Its name in the mesh's settings. Required. Validated only: it has no effect here. */
  readonly name?: string;
}

/** Workloads and what they ask for. */
export interface PeerAuthenticationSpec {
  /** The workloads that it is for. Default: all of the namespace. Validated only: it has no effect here. */
  readonly selector?: WorkloadSelector;
  /** For all ports. Default: PERMISSIVE. Validated only: it has no effect here. */
  readonly mtls?: MutualTls;
  /** By port of the workload, as text. Needs `selector`. Validated only: it has no effect here. */
  readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
}

/** Whether callers show a certificate. */
export interface MutualTls {
  /**
   * STRICT takes mutual TLS only, PERMISSIVE anything, DISABLE plain text; UNSET inherits. Default: UNSET. Validated
   * only: it has no effect here.
   */
  readonly mode?: "UNSET" | "DISABLE" | "PERMISSIVE" | "STRICT";
}

/** Workloads and the tokens they take. */
export interface RequestAuthenticationSpec {
  /** The workloads that it is for. Default: all of the namespace. Validated only: it has no effect here. */
  readonly selector?: WorkloadSelector;
  /**
   * The resource that it is attached to. Excludes `selector`. Deprecated: use targetRefs. Validated only: it has no
   * effect here.
   * @deprecated Use targetRefs.
   */
  readonly targetRef?: TargetReference;
  /** The resources that it is attached to. Excludes `selector`. Validated only: it has no effect here. */
  readonly targetRefs?: readonly TargetReference[];
  /** Any of these issuers. Validated only: it has no effect here. */
  readonly jwtRules?: readonly JwtRule[];
}

/** Tokens of one issuer. */
export interface JwtRule {
  /** Who signs the tokens. Required. Validated only: it has no effect here. */
  readonly issuer?: string;
  /** For whom tokens may be. Validated only: it has no effect here. */
  readonly audiences?: readonly string[];
  /** URL of the issuer's keys, http or https. Excludes `jwks`. Validated only: it has no effect here. */
  readonly jwksUri?: string;
  /** The issuer's keys, a JSON Web Key Set as text. Validated only: it has no effect here. */
  readonly jwks?: string;
  /** Headers that hold the token. Default: Authorization: Bearer. Validated only: it has no effect here. */
  readonly fromHeaders?: readonly JwtHeader[];
  /** Query parameters that hold the token. Default: access_token. Validated only: it has no effect here. */
  readonly fromParams?: readonly string[];
  /** Cookies that hold the token. Validated only: it has no effect here. */
  readonly fromCookies?: readonly string[];
  /** Header that gets the token's content, in base64. Validated only: it has no effect here. */
  readonly outputPayloadToHeader?: string;
  /** Leaves the token in the request. Default: false. Validated only: it has no effect here. */
  readonly forwardOriginalToken?: boolean;
  /** Claims that become headers. Validated only: it has no effect here. */
  readonly outputClaimToHeaders?: readonly JwtClaimToHeader[];
  /** Time to fetch the keys, at least 1ms. Default: 5s. Validated only: it has no effect here. */
  readonly timeout?: string;
  /** Claims that are lists with spaces, beside `scope` and `permission`. Validated only: it has no effect here. */
  readonly spaceDelimitedClaims?: readonly string[];
}

/** A header that holds the token. */
export interface JwtHeader {
  /** Its name. Required. Validated only: it has no effect here. */
  readonly name?: string;
  /** What stands before the token, such as `Bearer `. Validated only: it has no effect here. */
  readonly prefix?: string;
}

/** A claim that becomes a header. */
export interface JwtClaimToHeader {
  /** Name of the header. Required. Validated only: it has no effect here. */
  readonly header?: string;
  /** Name of the claim. Required. Validated only: it has no effect here. */
  readonly claim?: string;
}
