/** The bearer token of the server that the browser tests run against. */
export const adminToken = "for-browser-tests-on-loopback";
