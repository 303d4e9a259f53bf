/** How the calls of what is under test come to the simulators: docs/implementations.md, "Reach". */
export const REACHES = ['env', 'proxy', 'intercept', 'hosts'] as const;
export type Reach = (typeof REACHES)[number];
