/**
 * The MLS working group's interoperability service (`mls_client.MLSClient`) as types: what any MLS
 * stack can be asked to do, one after the other, by a runner that is the delivery service.
 * Commits, proposals, Welcomes, key packages and GroupInfos are MLSMessage octets (RFC 9420 §6);
 * `ratchetTree` is empty unless an external tree was asked for.
 */

export interface PreSharedKey {
  readonly pskId: Uint8Array;
  readonly pskSecret: Uint8Array;
}

export interface StackExtension {
  readonly extensionType: number;
  readonly extensionData: Uint8Array;
}

export interface ProposalDescription {
  readonly proposalType: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly removedId: Uint8Array;
  readonly pskId: Uint8Array;
  readonly epochId: number;
  readonly extensions: readonly StackExtension[];
  readonly groupId: Uint8Array;
  readonly cipherSuite: number;
}

type JoinGroupResponse = { readonly stateId: number; readonly epochAuthenticator: Uint8Array };

type ProposalResponse = { readonly proposal: Uint8Array };

type CommitRequest = {
  readonly stateId: number;
  readonly byReference: readonly Uint8Array[];
  readonly byValue: readonly ProposalDescription[];
  readonly forcePath: boolean;
  readonly externalTree: boolean;
};

type CommitResponse = {
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array;
  readonly ratchetTree: Uint8Array;
};

type HandleCommitRequest = {
  readonly stateId: number;
  readonly proposal: readonly Uint8Array[];
  readonly commit: Uint8Array;
};

type HandleCommitResponse = { readonly stateId: number; readonly epochAuthenticator: Uint8Array };

type HandlePendingCommitRequest = { readonly stateId: number };

type HandleReInitCommitResponse = {
  readonly reinitId: number;
  readonly keyPackage: Uint8Array;
  readonly epochAuthenticator: Uint8Array;
};

type CreateSubgroupResponse = {
  readonly stateId: number;
  readonly welcome: Uint8Array;
  readonly ratchetTree: Uint8Array;
  readonly epochAuthenticator: Uint8Array;
};

type Empty = Readonly<Record<never, never>>;

/** Request and response of every method; all are unary. */
export interface StackMethods {
  readonly Name: { readonly request: Empty; readonly response: { readonly name: string } };
  readonly SupportedCiphersuites: {
    readonly request: Empty;
    readonly response: { readonly ciphersuites: readonly number[] };
  };
  readonly CreateGroup: {
    readonly request: {
      readonly groupId: Uint8Array;
      readonly cipherSuite: number;
      readonly encryptHandshake: boolean;
      readonly identity: Uint8Array;
    };
    readonly response: { readonly stateId: number };
  };
  readonly CreateKeyPackage: {
    readonly request: { readonly cipherSuite: number; readonly identity: Uint8Array };
    readonly response: {
      readonly transactionId: number;
      readonly keyPackage: Uint8Array;
      readonly initPriv: Uint8Array;
      readonly encryptionPriv: Uint8Array;
      readonly signaturePriv: Uint8Array;
    };
  };
  readonly JoinGroup: {
    readonly request: {
      readonly transactionId: number;
      readonly welcome: Uint8Array;
      readonly encryptHandshake: boolean;
      readonly identity: Uint8Array;
      readonly ratchetTree: Uint8Array;
    };
    readonly response: JoinGroupResponse;
  };
  readonly ExternalJoin: {
    readonly request: {
      readonly groupInfo: Uint8Array;
      readonly ratchetTree: Uint8Array;
      readonly encryptHandshake: boolean;
      readonly identity: Uint8Array;
      readonly removePrior: boolean;
      readonly psks: readonly PreSharedKey[];
    };
    readonly response: {
      readonly stateId: number;
      readonly commit: Uint8Array;
      readonly epochAuthenticator: Uint8Array;
    };
  };
  readonly GroupInfo: {
    readonly request: { readonly stateId: number; readonly externalTree: boolean };
    readonly response: { readonly groupInfo: Uint8Array; readonly ratchetTree: Uint8Array };
  };
  readonly StateAuth: {
    readonly request: { readonly stateId: number };
    readonly response: { readonly stateAuthSecret: Uint8Array };
  };
  readonly Export: {
    readonly request: {
      readonly stateId: number;
      readonly label: string;
      readonly context: Uint8Array;
      readonly keyLength: number;
    };
    readonly response: { readonly exportedSecret: Uint8Array };
  };
  readonly Protect: {
    readonly request: {
      readonly stateId: number;
      readonly authenticatedData: Uint8Array;
      readonly plaintext: Uint8Array;
    };
    readonly response: { readonly ciphertext: Uint8Array };
  };
  readonly Unprotect: {
    readonly request: { readonly stateId: number; readonly ciphertext: Uint8Array };
    readonly response: { readonly authenticatedData: Uint8Array; readonly plaintext: Uint8Array };
  };
  readonly StorePSK: {
    readonly request: {
      readonly stateOrTransactionId: number;
      readonly pskId: Uint8Array;
      readonly pskSecret: Uint8Array;
    };
    readonly response: Empty;
  };
  readonly AddProposal: {
    readonly request: { readonly stateId: number; readonly keyPackage: Uint8Array };
    readonly response: ProposalResponse;
  };
  readonly UpdateProposal: {
    readonly request: { readonly stateId: number };
    readonly response: ProposalResponse;
  };
  readonly RemoveProposal: {
    readonly request: { readonly stateId: number; readonly removedId: Uint8Array };
    readonly response: ProposalResponse;
  };
  readonly ExternalPSKProposal: {
    readonly request: { readonly stateId: number; readonly pskId: Uint8Array };
    readonly response: ProposalResponse;
  };
  readonly ResumptionPSKProposal: {
    readonly request: { readonly stateId: number; readonly epochId: number };
    readonly response: ProposalResponse;
  };
  readonly GroupContextExtensionsProposal: {
    readonly request: { readonly stateId: number; readonly extensions: readonly StackExtension[] };
    readonly response: ProposalResponse;
  };
  readonly Commit: { readonly request: CommitRequest; readonly response: CommitResponse };
  readonly HandleCommit: {
    readonly request: HandleCommitRequest;
    readonly response: HandleCommitResponse;
  };
  readonly HandlePendingCommit: {
    readonly request: HandlePendingCommitRequest;
    readonly response: HandleCommitResponse;
  };
  readonly ReInitProposal: {
    readonly request: {
      readonly stateId: number;
      readonly cipherSuite: number;
      readonly groupId: Uint8Array;
      readonly extensions: readonly StackExtension[];
    };
    readonly response: ProposalResponse;
  };
  readonly ReInitCommit: { readonly request: CommitRequest; readonly response: CommitResponse };
  readonly HandlePendingReInitCommit: {
    readonly request: HandlePendingCommitRequest;
    readonly response: HandleReInitCommitResponse;
  };
  readonly HandleReInitCommit: {
    readonly request: HandleCommitRequest;
    readonly response: HandleReInitCommitResponse;
  };
  readonly ReInitWelcome: {
    readonly request: {
      readonly reinitId: number;
      readonly keyPackage: readonly Uint8Array[];
      readonly forcePath: boolean;
      readonly externalTree: boolean;
    };
    readonly response: CreateSubgroupResponse;
  };
  readonly HandleReInitWelcome: {
    readonly request: {
      readonly reinitId: number;
      readonly welcome: Uint8Array;
      readonly ratchetTree: Uint8Array;
    };
    readonly response: JoinGroupResponse;
  };
  readonly CreateBranch: {
    readonly request: {
      readonly stateId: number;
      readonly groupId: Uint8Array;
      readonly extensions: readonly StackExtension[];
      readonly keyPackages: readonly Uint8Array[];
      readonly forcePath: boolean;
      readonly externalTree: boolean;
    };
    readonly response: CreateSubgroupResponse;
  };
  readonly HandleBranch: {
    readonly request: {
      readonly stateId: number;
      readonly transactionId: number;
      readonly welcome: Uint8Array;
      readonly ratchetTree: Uint8Array;
    };
    readonly response: { readonly stateId: number; readonly epochAuthenticator: Uint8Array };
  };
  readonly NewMemberAddProposal: {
    readonly request: { readonly groupInfo: Uint8Array; readonly identity: Uint8Array };
    readonly response: {
      readonly transactionId: number;
      readonly proposal: Uint8Array;
      readonly initPriv: Uint8Array;
      readonly encryptionPriv: Uint8Array;
      readonly signaturePriv: Uint8Array;
    };
  };
  readonly CreateExternalSigner: {
    readonly request: { readonly cipherSuite: number; readonly identity: Uint8Array };
    readonly response: { readonly signerId: number; readonly externalSender: Uint8Array };
  };
  readonly AddExternalSigner: {
    readonly request: { readonly stateId: number; readonly externalSender: Uint8Array };
    readonly response: ProposalResponse;
  };
  readonly ExternalSignerProposal: {
    readonly request: {
      readonly signerId: number;
      readonly signerIndex: number;
      readonly groupInfo: Uint8Array;
      readonly ratchetTree: Uint8Array;
      readonly description: ProposalDescription;
    };
    readonly response: ProposalResponse;
  };
  readonly Free: { readonly request: { readonly stateId: number }; readonly response: Empty };
}

export type StackMethod = keyof StackMethods;
export type StackRequest<M extends StackMethod> = StackMethods[M]['request'];
export type StackResponse<M extends StackMethod> = StackMethods[M]['response'];

/** One stack that can be asked; states and transactions are numbers inside it. */
export interface MlsStack {
  /** Throws `StackError`. */
  call<M extends StackMethod>(method: M, request: StackRequest<M>): Promise<StackResponse<M>>;
}

/** Why a stack did not do what it was asked. */
export class StackError extends Error {
  /**
   * `unimplemented`: it does not have the operation. `refused`: it says no, and is still there.
   * `gone`: it died, hangs, or answers what is no answer.
   */
  readonly kind: 'unimplemented' | 'refused' | 'gone';

  constructor(kind: StackError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StackError';
    this.kind = kind;
  }
}
