/**
 * What the public is told when an API cannot answer: the words of API Gateway, and nothing else.
 */

export interface Refusal {
  readonly status: number;
  readonly message: string | null;
  readonly errorType?: string;
  /** REST API: as its gateway responses name it; absent: one of the rest. */
  readonly responseType?: string;
  /** The value of that header. */
  readonly wwwAuthenticate?: string;
}

const http = {
  noRoute: { status: 404, message: "Not Found" },
  malformedPath: { status: 400, message: "Bad Request" },
  bodyTooLarge: { status: 413, message: "Request Entity Too Large" },
  tooManyRequests: { status: 429, message: "Too Many Requests" },
  functionFailed: { status: 500, message: "Internal Server Error" },
  malformedResult: { status: 500, message: "Internal Server Error" },
  throttled: { status: 503, message: "Service Unavailable" },
  tookTooLong: { status: 503, message: "Service Unavailable" },
} as const satisfies Record<string, Refusal>;

export const refusals = {
  http,
  rest: {
    noRoute: {
      status: 403,
      message: "Missing Authentication Token",
      errorType: "MissingAuthenticationTokenException",
      responseType: "MISSING_AUTHENTICATION_TOKEN",
    },
    malformedPath: { status: 400, message: "Bad Request", errorType: "BadRequestException" },
    bodyTooLarge: {
      status: 413,
      message: "Request Too Long",
      errorType: "RequestTooLargeException",
      responseType: "REQUEST_TOO_LARGE",
    },
    tooManyRequests: {
      status: 429,
      message: "Too Many Requests",
      errorType: "TooManyRequestsException",
      responseType: "THROTTLED",
    },
    functionFailed: {
      status: 502,
      message: "Internal server error",
      errorType: "InternalServerErrorException",
    },
    malformedResult: {
      status: 502,
      message: "Internal server error",
      errorType: "InternalServerErrorException",
    },
    throttled: {
      status: 502,
      message: "Internal server error",
      errorType: "InternalServerErrorException",
    },
    tookTooLong: {
      status: 504,
      message: "Endpoint request timed out",
      errorType: "InternalServerErrorException",
      responseType: "INTEGRATION_TIMEOUT",
    },
  },
} as const satisfies Record<"http" | "rest", Record<keyof typeof http, Refusal>>;

/**
 * What authorizers come to. [API Gateway: gateway response types; why a Lambda authorizer leads to
 * 403] Of a REST API's that fails API Gateway says no more than this.
 */
export const authorizerRefusals = {
  http: {
    unauthorized: { status: 401, message: "Unauthorized" },
    explicitDeny: { status: 403, message: "Forbidden" },
    implicitDeny: { status: 403, message: "Forbidden" },
    failed: { status: 500, message: "Internal Server Error" },
  },
  rest: {
    unauthorized: {
      status: 401,
      message: "Unauthorized",
      errorType: "UnauthorizedException",
      responseType: "UNAUTHORIZED",
    },
    explicitDeny: {
      status: 403,
      message: "User is not authorized to access this resource with an explicit deny",
      errorType: "AccessDeniedException",
      responseType: "ACCESS_DENIED",
    },
    implicitDeny: {
      status: 403,
      message: "User is not authorized to access this resource",
      errorType: "AccessDeniedException",
      responseType: "ACCESS_DENIED",
    },
    failed: {
      status: 500,
      message: null,
      errorType: "AuthorizerConfigurationException",
      responseType: "AUTHORIZER_CONFIGURATION_ERROR",
    },
  },
} as const satisfies Record<"http" | "rest", Record<string, Refusal>>;
