using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Roles;

/// <summary>All that a role core remembers beside its peers: a value, so that a model checker copies it cheaply.</summary>
internal struct RoleState
{
    public HelloRole Role;
    public bool Started;
    public bool Announces;
    public ulong Term;
    public ulong Seen;
    public ulong Floor;
    public ulong Ceiling;
    public ulong Asked;

    public Readiness Readiness;
    public byte Health;
    public byte Priority;
    public ulong ConfigHash;
    public bool Pinned;
    public bool ExternalUsed;

    public TimeSpan LastStep;
    public TimeSpan AnswerUntil;
    public TimeSpan GatesAt;
    public TimeSpan ListenUntil;
    public bool Holding;
    public TimeSpan WindowsFrom;
    public bool NoMaster;
    public TimeSpan NoMasterSince;

    /// <summary>The node became ready since then, and waited for its turn anew.</summary>
    public bool ReadySince;
    public TimeSpan UnreadyAt;
    public TimeSpan MissingSince;
    public bool Taking;
    public TimeSpan TakeAt;
    public ushort TakeFrom;

    public bool Probing;
    public bool ProbeSilent;
    public RoleCause ProbeCause;
    public TimeSpan ProbeUntil;
    public TimeSpan ProbeAgainAt;
    public ImmutableArray<IPAddress> Withheld;

    public bool Claims;
    public TimeSpan ClaimUntil;
    public Handover Handover;
    public ushort HandoverTo;
    public TimeSpan HandoverUntil;
    public bool AnnounceLater;
    public TimeSpan AnnounceAt;

    public byte ResignsLeft;
    public TimeSpan ResignAt;
    public ushort? Heir;
    public bool Stopping;
    public bool Stopped;

    public bool WitnessKnown;
    public TimeSpan WitnessUntil;
    public TimeSpan WitnessAskedAt;

    public ImmutableArray<FaultState> Faults;
    public bool FaultTold;
    public ImmutableArray<TimeSpan> Changes;
    public TimeSpan HeldUntil;
    public byte Holds;
    public ulong Alarms;
    public TimeSpan FailedAt;
    public TimeSpan DuplicateAt;
}
