/** The name of the bug that these sources have; undefined as they are: `bundlePlanted` writes another one. */
export const PLANTED: string | undefined = undefined;
