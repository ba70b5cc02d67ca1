using System.Text;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Engine;

/// <summary>One VIP group on the engine's thread.</summary>
internal sealed class GroupRun
{
    public const int HistoryLength = 16;

    public GroupRun(RoleGroup settings, RoleCore core)
    {
        (Settings, Core) = (settings, core);
        NameBytes = Encoding.ASCII.GetBytes(settings.Name);
    }

    public RoleGroup Settings { get; set; }

    public string Name => Settings.Name;

    public byte[] NameBytes { get; }

    public RoleCore Core { get; }

    /// <summary>The last transitions, the newest at the end.</summary>
    public List<RoleTransition> History { get; } = new(HistoryLength);

    public GroupAlarms Alarms { get; } = new();

    public TimeSpan AliveUntil { get; set; }

    public TimeSpan AnswerUntil { get; set; }

    /// <summary>The term that is noted beside the gates; 0 for none yet.</summary>
    public ulong OwnerTerm { get; set; }

    public TimeSpan NextTick { get; set; }

    /// <summary>What the operator or the node said of its quality.</summary>
    public byte Health { get; set; } = byte.MaxValue;

    public ulong ConfigHash { get; set; }

    /// <summary>How often the lease of the witness was given back (R10).</summary>
    public long Releases { get; set; }

    /// <summary>The gates have been set up.</summary>
    public bool HasGate { get; set; }

    public bool IsRemoved { get; set; }
}
