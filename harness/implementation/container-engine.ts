/**
 * The Docker engine of this machine, found by testcontainers, and what Bellwether leaves on it: all
 * of it labelled, removed at the end, and swept where a killed run could not. No helper container
 * is started, so nothing has to be pulled for it.
 */
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ContainerRuntimeClient } from 'testcontainers';
import { BellwetherError } from '../../simulators/kernel/errors.ts';

export type Docker = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

const OWNER_LABEL = 'io.bellwether.owner';

/** Who made it: a process on a machine. */
export function ownLabels(): Record<string, string> {
  return { 'io.bellwether': 'yes', [OWNER_LABEL]: `${hostname()}/${process.pid}` };
}

function environmentError(message: string, hint: string, cause: unknown): BellwetherError {
  return new BellwetherError(message, {
    code: 'IMPLEMENTATION_ENGINE',
    blame: 'environment',
    hint,
    cause,
  });
}

/** `docker` said no: its own words, which name the reason. */
export function dockerSaid(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? String(error);
}

/** Throws IMPLEMENTATION_ENGINE (environment) where none answers. */
export async function findEngine(): Promise<Docker> {
  // It would start a container of a pulled image to learn under which address the engine's ports
  // are; they are not used.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= 'localhost';
  try {
    // Loaded where a container is started: it takes long to load.
    const { getContainerRuntimeClient } = await import('testcontainers');
    const { container } = await getContainerRuntimeClient();
    return container.dockerode;
  } catch (error) {
    throw environmentError(
      `no Docker engine answers (${dockerSaid(error)})`,
      'Start one, or name it with DOCKER_HOST.',
      error,
    );
  }
}

/** Is whoever made it still there? What another machine made is its own business. */
function isLeft(labels: Readonly<Record<string, string>> | undefined): boolean {
  const [host, pid] = (labels?.[OWNER_LABEL] ?? '').split('/');
  if (host !== hostname() || pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH';
  }
}

/** Removes what runs left behind that were killed. */
export async function sweep(docker: Docker): Promise<void> {
  const filters = { label: [OWNER_LABEL] };
  const containers = await docker.listContainers({ all: true, filters });
  for (const { Id, Labels } of containers) {
    if (isLeft(Labels)) await ifThere(docker.getContainer(Id).remove({ force: true, v: true }));
  }
  const networks = await docker.listNetworks({ filters });
  for (const { Id, Labels } of networks) {
    if (isLeft(Labels)) await ifThere(docker.getNetwork(Id).remove());
  }
  const images = await docker.listImages({ filters });
  for (const { Id, Labels } of images) {
    if (isLeft(Labels)) await ifThere(docker.getImage(Id).remove({ force: true }));
  }
}

/** Somebody else may be removing it at this moment: 404, 409. */
export async function ifThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== 404 && statusCode !== 409 && statusCode !== 304) throw error;
  }
}

export interface ContainerNetwork {
  readonly name: string;
  /** This machine on it. */
  readonly gateway: string;
  /** For the one container on it; the same after every restart. */
  readonly address: string;
  remove(): Promise<void>;
}

/** Another process may take the subnet in between. */
const SUBNET_TRIES = 5;

function next(address: string): string {
  const bytes = address.split('.').map(Number);
  return [...bytes.slice(0, 3), (bytes[3] ?? 0) + 1].join('.');
}

/**
 * A network from which no way leads on (`Internal`): whatever its container calls, this machine is
 * all that it can reach. An address can be fixed only in a subnet that was asked for, so the engine
 * is asked for any first.
 */
export async function openContainerNetwork(
  docker: Docker,
  name: string,
): Promise<ContainerNetwork> {
  const Labels = ownLabels();
  for (let attempt = 1; ; attempt++) {
    const any = await docker.createNetwork({ Name: `${name}-any`, Internal: true, Labels });
    const { IPAM } = (await any.inspect()) as {
      IPAM: { Config: { Subnet: string; Gateway?: string }[] };
    };
    await any.remove();
    const [found] = IPAM.Config;
    const gateway = found?.Gateway ?? next(found?.Subnet.split('/')[0] ?? '0.0.0.0');
    const Config = [{ Subnet: found?.Subnet ?? '', Gateway: gateway }];
    try {
      const made = await docker.createNetwork({
        Name: name,
        Internal: true,
        Labels,
        IPAM: { Driver: 'default', Config },
      });
      return {
        name,
        gateway,
        address: next(gateway),
        remove: () => ifThere(made.remove()),
      };
    } catch (error) {
      if (attempt < SUBNET_TRIES) continue;
      throw environmentError(
        `the Docker engine makes no network (${dockerSaid(error)})`,
        'Is its range of subnets used up? docker network prune removes what nobody uses.',
        error,
      );
    }
  }
}

function imageError(message: string, hint: string, cause?: unknown): BellwetherError {
  return new BellwetherError(message, {
    code: 'IMPLEMENTATION_CONTAINER',
    blame: 'author',
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

interface Progress {
  readonly stream?: string;
  readonly error?: string;
}

/** Follows what the engine tells of a long work; rejects with its error. */
function followed(docker: Docker, stream: NodeJS.ReadableStream): Promise<readonly Progress[]> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, steps) => {
      if (error === null) resolve(steps as Progress[]);
      else reject(error);
    });
  });
}

/** Pulls an image that is not there, as `docker run` does. Throws IMPLEMENTATION_CONTAINER. */
export async function ensureImage(docker: Docker, image: string): Promise<void> {
  try {
    await docker.getImage(image).inspect();
    return;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  try {
    await followed(docker, await docker.pull(image));
  } catch (error) {
    throw imageError(
      `there is no image ${image}, and it cannot be pulled (${dockerSaid(error)})`,
      'Build or load it first; `docker images` lists those that are there.',
      error,
    );
  }
}

export interface BuildOrder {
  /** Absolute. */
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  /** The image's name. */
  readonly tag: string;
}

/**
 * Builds an image from local files. Throws IMPLEMENTATION_CONTAINER with the build's last lines.
 */
export async function buildImage(docker: Docker, order: BuildOrder): Promise<void> {
  const { context, dockerfile, args, tag } = order;
  try {
    const stream = await docker.buildImage(
      { context, src: readdirSync(context) },
      { t: tag, dockerfile, buildargs: args, labels: ownLabels(), forcerm: true },
    );
    await followed(docker, stream);
  } catch (error) {
    throw imageError(
      `${context}/${dockerfile} cannot be built: ${dockerSaid(error)}`,
      'Try `docker build` there.',
      error,
    );
  }
}
