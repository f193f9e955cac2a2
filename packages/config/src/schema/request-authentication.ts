import { duration, flag, listOf, object, text, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { targetFields } from "./workload-target.ts";

const tokenHeader: ObjectSchema = object("JwtHeader", "A header that holds the token.", {
  name: validated(text, "Its name.", { required: true }),
  prefix: validated(text, "What stands before the token, such as `Bearer `."),
});

const claimHeader: ObjectSchema = object("JwtClaimToHeader", "A claim that becomes a header.", {
  header: validated(text, "Name of the header.", { required: true }),
  claim: validated(text, "Name of the claim.", { required: true }),
});

const jwtRule: ObjectSchema = object("JwtRule", "Tokens of one issuer.", {
  issuer: validated(text, "Who signs the tokens.", { required: true }),
  audiences: validated(listOf(text), "For whom tokens may be."),
  jwksUri: validated(text, "URL of the issuer's keys, http or https. Excludes `jwks`."),
  jwks: validated(text, "The issuer's keys, a JSON Web Key Set as text."),
  fromHeaders: validated(listOf(tokenHeader), "Headers that hold the token.", { default: "Authorization: Bearer" }),
  fromParams: validated(listOf(text), "Query parameters that hold the token.", { default: "access_token" }),
  fromCookies: validated(listOf(text), "Cookies that hold the token."),
  outputPayloadToHeader: validated(text, "Header that gets the token's content, in base64."),
  forwardOriginalToken: validated(flag, "Leaves the token in the request.", { default: "false" }),
  outputClaimToHeaders: validated(listOf(claimHeader), "Claims that become headers."),
  timeout: validated(duration, "Time to fetch the keys, at least 1ms.", { default: "5s" }),
  spaceDelimitedClaims: validated(listOf(text), "Claims that are lists with spaces, beside `scope` and `permission`."),
});

export const requestAuthentication: KindSchema = {
  kind: "RequestAuthentication",
  doc: "Which tokens workloads take. Kept and checked; no program enforces it yet.",
  status: "validated",
  spec: object("RequestAuthenticationSpec", "Workloads and the tokens they take.", {
    ...targetFields,
    jwtRules: validated(listOf(jwtRule), "Any of these issuers."),
  }),
};
