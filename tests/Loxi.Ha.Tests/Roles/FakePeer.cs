using Loxi.Ha.Roles;

namespace Loxi.Ha.Tests.Roles;

/// <summary>Another node as the core hears it: one HELLO an interval while it is on.</summary>
internal sealed class FakePeer(ushort id)
{
    public ushort Id => id;

    public bool On { get; set; } = true;

    public HelloRole Role { get; set; } = HelloRole.Backup;

    public ulong Term { get; set; }

    public Readiness Readiness { get; set; } = Readiness.Ready;

    public byte Health { get; set; } = byte.MaxValue;

    public byte Priority { get; set; } = 100;

    public bool HearsUs { get; set; } = true;

    public bool Claims { get; set; }

    public ushort? HandsOverTo { get; set; }

    /// <summary>It answers requests (R2a) although its HELLOs do not come.</summary>
    public bool AnswersProbes { get; set; }

    /// <summary>A master that it says it hears.</summary>
    public HeardMaster? Reports { get; set; }

    public ulong Sequence { get; set; }

    public Hello Say(ushort to, ulong incarnation) => new()
    {
        NodeId = id,
        Incarnation = 1,
        Sequence = ++Sequence,
        Role = Role,
        Term = Term,
        Readiness = Readiness,
        Health = Health,
        Priority = Priority,
        Claims = Claims,
        HandsOverTo = HandsOverTo,
        Heard = HearsUs ? [new HeardPeer(to, incarnation, 1)] : [],
        Masters = Reports is { } master ? [master] : [],
    };
}
