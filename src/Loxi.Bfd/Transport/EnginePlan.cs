namespace Loxi.Bfd.Transport;

/// <summary>What is to be different, with every socket open that it needs.</summary>
internal sealed class EnginePlan
{
    /// <summary>Sessions that shall end; they still tell their peers (RFC 5880 6.8.16).</summary>
    public List<EngineSession> Removed { get; } = [];

    /// <summary>Sessions that have told their peers.</summary>
    public List<EngineSession> Left { get; } = [];

    public List<EngineSession> Added { get; } = [];

    public List<(EngineSession Session, BfdSessionSettings Settings)> Changed { get; } = [];

    public List<ReceivePort> NewPorts { get; } = [];

    public List<EchoPort> NewEchoPorts { get; } = [];

    public List<EchoPort> ClosedEchoPorts { get; } = [];

    /// <summary>Filled by the engine: sessions that it no longer has.</summary>
    public List<EngineSession> Gone { get; } = [];

    /// <summary>Filled by the engine: links that no session needs any more.</summary>
    public List<EchoLink> ClosedEchoLinks { get; } = [];

    /// <summary>Filled by the engine: ports that no session needs any more.</summary>
    public List<ReceivePort> ClosedPorts { get; } = [];

    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0 && Changed.Count == 0 && NewEchoPorts.Count == 0 && ClosedEchoPorts.Count == 0;
}
