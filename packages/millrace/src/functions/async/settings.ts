/** What happens to the asynchronous calls of a function, as its event invoke configuration says. */

export interface AsyncSettings {
  /** Tries after the first one that the function may fail: 0 to 2. */
  readonly retryAttemptsMax: number;
  /** 60 to 21,600; an event that is older is not tried any more. */
  readonly eventAgeSecondsMax: number;
  readonly onSuccess?: Destination | undefined;
  readonly onFailure?: Destination | undefined;
}

/** Another function, called asynchronously with the record of the call. */
export interface Destination {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
}

export const asyncSettingsDefault: AsyncSettings = {
  retryAttemptsMax: 2,
  eventAgeSecondsMax: 21_600,
};
