using System.Globalization;

namespace Loxi.Linux.Processes;

/// <summary>A set of capabilities.</summary>
/// <param name="Bits">One bit per capability, numbered as in linux/capability.h.</param>
public readonly record struct CapabilitySet(ulong Bits)
{
    private const string Field = "CapEff:";

    /// <summary>The effective capabilities of the calling thread. They hold in its user namespace: a container may have them and still be refused.</summary>
    /// <returns>The set.</returns>
    /// <exception cref="LinuxException">/proc is not mounted.</exception>
    public static CapabilitySet ReadEffective() => Parse(File.ReadAllText("/proc/thread-self/status"));

    /// <summary>Whether a capability is in the set.</summary>
    /// <param name="capability">The capability.</param>
    /// <returns>True when it is.</returns>
    public bool Has(Capability capability) => (Bits >> (int)capability & 1) != 0;

    /// <summary>Demands capabilities, all of those that are missing in one message.</summary>
    /// <param name="purpose">What they are needed for, for example <c>change routes</c>.</param>
    /// <param name="capabilities">The capabilities.</param>
    /// <exception cref="LinuxException">Some are missing (<see cref="Errno.EPERM"/>).</exception>
    public void Require(string purpose, params ReadOnlySpan<Capability> capabilities)
    {
        var missing = new List<string>();
        foreach (var capability in capabilities)
        {
            if (!Has(capability))
            {
                missing.Add(NameOf(capability));
            }
        }

        if (missing.Count > 0)
        {
            throw new LinuxException(
                purpose, Errno.EPERM, null, $"missing {string.Join(", ", missing)}: run as root, or grant it (systemd AmbientCapabilities=, setcap, container capabilities)");
        }
    }

    /// <summary>The kernel's name, for example <c>CAP_NET_ADMIN</c>.</summary>
    /// <param name="capability">The capability.</param>
    /// <returns>The name; <c>CAP_n</c> with the number for one that is not in <see cref="Capability"/>.</returns>
    public static string NameOf(Capability capability) => capability switch
    {
        Capability.DacOverride => "CAP_DAC_OVERRIDE",
        Capability.NetBindService => "CAP_NET_BIND_SERVICE",
        Capability.NetAdmin => "CAP_NET_ADMIN",
        Capability.NetRaw => "CAP_NET_RAW",
        Capability.IpcLock => "CAP_IPC_LOCK",
        Capability.SysAdmin => "CAP_SYS_ADMIN",
        Capability.SysNice => "CAP_SYS_NICE",
        Capability.SysResource => "CAP_SYS_RESOURCE",
        Capability.PerfMon => "CAP_PERFMON",
        Capability.Bpf => "CAP_BPF",
        _ => $"CAP_{(int)capability}",
    };

    internal static CapabilitySet Parse(string status)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Field, StringComparison.Ordinal)
                && ulong.TryParse(line[Field.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            {
                return new CapabilitySet(bits);
            }
        }

        throw new LinuxException("read the effective capabilities", 0, "/proc/thread-self/status", $"no line '{Field}' with a hexadecimal number");
    }
}
