/** An image in a private registry of Amazon ECR, as its name says it. */
export interface EcrImageName {
  account: string;
  region: string;
  repositoryName: string;
  /** A tag, or a digest that begins with `sha256:`. */
  tagOrDigest: string;
}

const ECR_IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repositoryName>[a-z0-9][a-z0-9._/-]*)(?::(?<tag>[\w.-]+)|@(?<digest>sha256:[0-9a-f]{64}))?$/;

/**
 * Reads the name of an image; undefined if it is of no private registry of ECR.
 *
 * @example ecrImageName('123456789012.dkr.ecr.eu-west-1.amazonaws.com/colony:7')?.repositoryName // 'colony'
 */
export function ecrImageName(image: string): EcrImageName | undefined {
  const parts = ECR_IMAGE.exec(image)?.groups;
  if (parts === undefined) return undefined;
  const { account = '', region = '', repositoryName = '', tag, digest } = parts;
  return { account, region, repositoryName, tagOrDigest: digest ?? tag ?? 'latest' };
}
