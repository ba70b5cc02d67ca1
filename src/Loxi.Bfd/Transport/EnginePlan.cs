namespace Loxi.Bfd.Transport;

/// <summary>What is to be different, with every socket open that it needs.</summary>
internal sealed class EnginePlan
{
    public List<EngineSession> Removed { get; } = [];

    public List<EngineSession> Added { get; } = [];

    public List<(EngineSession Session, BfdSessionSettings Settings)> Changed { get; } = [];

    public List<ReceivePort> NewPorts { get; } = [];

    /// <summary>Filled by the engine: ports that no session needs any more.</summary>
    public List<ReceivePort> ClosedPorts { get; } = [];

    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0 && Changed.Count == 0;
}
