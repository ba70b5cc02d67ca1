using System.ComponentModel.DataAnnotations;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.DependencyInjection;

/// <summary>The speaker of sync of a container.</summary>
public sealed class LoxiSyncOptions
{
    /// <summary>As <see cref="SyncSettings.NodeId"/>: the number of this node, which the versions of its table have.</summary>
    /// <value>0 to 255; must be set.</value>
    [Required]
    [Range(0, 255)]
    public int? NodeId { get; set; }

    /// <summary>The directory of <see cref="SyncCertificate"/>, which is made there at the first start, and of the number of the run.</summary>
    /// <value>Must be set.</value>
    [Required]
    public string? StateDirectory { get; set; }

    /// <summary>As <see cref="SyncSettings.MaxEntries"/>.</summary>
    /// <value>1 to 134,217,728. Default: 2,097,152.</value>
    [Range(1, 1 << 27)]
    public int MaxEntries { get; set; } = 1 << 21;

    /// <summary>As <see cref="SyncSpeakerOptions.ChangeQueue"/>.</summary>
    /// <value>1,024 to 16,777,216. Default: 65,536.</value>
    [Range(1024, 1 << 24)]
    public int ChangeQueue { get; set; } = 1 << 16;

    /// <summary>Changes the other constants of the engine.</summary>
    /// <value>Default: null, they are as they are.</value>
    public Func<SyncSettings, SyncSettings>? Engine { get; set; }

    /// <summary>With whom it speaks from the start of the host on, which fails when these are wrong.</summary>
    /// <value>Default: null, the application calls <see cref="SyncSpeaker{TKey, TValue}.ApplyAsync"/> when it is ready.</value>
    public SyncSpeakerSettings? Settings { get; set; }
}
