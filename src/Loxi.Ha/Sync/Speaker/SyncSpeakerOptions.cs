using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>How a <see cref="SyncSpeaker{TKey, TValue}"/> works.</summary>
public sealed record SyncSpeakerOptions
{
    /// <summary>The number of this node and the constants of the engine.</summary>
    public required SyncSettings Engine { get; init; }

    /// <summary>What this node shows to others; not disposed by the speaker.</summary>
    public required SyncCertificate Certificate { get; init; }

    /// <summary>Where the number of the run is kept (<c>sync.state</c>).</summary>
    /// <value>Default: null, nowhere; then it is the time since 1970, and peers refuse a run whose clock is behind that of a former one.</value>
    public string? StateDirectory { get; init; }

    /// <summary>Changes of the table that may wait for the thread of the engine; those that find no room are read from the table later.</summary>
    /// <value>1,024 to 16,777,216. Default: 65,536.</value>
    public int ChangeQueue { get; init; } = 1 << 16;
}
