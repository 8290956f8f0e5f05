/** What the name of a header of HTTP looks like; methods look the same. [RFC 9110: 5.6.2, token] */
export const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
