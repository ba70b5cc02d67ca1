using Loxi.Linux.Sysctls;
using Loxi.Nat.Interfaces;

namespace Loxi.Node.Composition;

/// <summary>
/// The settings that forwarding needs: set, written down in the state directory, and put back by <c>--purge</c>; or only checked with
/// <c>--no-sysctl</c>.
/// </summary>
internal sealed partial class NodeSysctls(string stateDirectory, bool checkOnly, ILogger logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly string _file = Path.Combine(stateDirectory, "sysctls.json");
    private readonly Lock _gate = new();
    private SysctlScope _scope = new();

    private static (string Key, string Value)[] Global => [("net/ipv4/ip_forward", "1"), ("net/ipv6/conf/all/forwarding", "1")];

    /// <summary>Takes over what an earlier process wrote down, then sets or checks what the whole node needs.</summary>
    /// <exception cref="InvalidOperationException">With <c>--no-sysctl</c>: a setting is not as needed. Names each.</exception>
    public void Start()
    {
        if (checkOnly)
        {
            var wrong = Global.Where(s => Sysctl.TryRead(s.Key, out var value) && value != s.Value).Select(s => $"{s.Key} is {Sysctl.Read(s.Key)}, expected {s.Value}").ToArray();
            if (wrong.Length > 0)
            {
                throw new InvalidOperationException("--no-sysctl is given and " + string.Join("; ", wrong) + ".");
            }

            return;
        }

        lock (_gate)
        {
            if (File.Exists(_file))
            {
                _scope = SysctlScope.Deserialize(File.ReadAllText(_file));
            }

            foreach (var (key, value) in Global)
            {
                Set(key, value);
            }

            Save();
        }
    }

    /// <summary>
    /// What an interface needs: packets that the balancer has translated and left to the kernel may come from a VIP of this node, and
    /// answers may come in elsewhere than requests went out.
    /// </summary>
    public void OnAttached(AttachedInterface attached)
    {
        if (checkOnly)
        {
            return;
        }

        lock (_gate)
        {
            Set(Sysctl.InterfaceKey("net/ipv4/conf", attached.Name, "rp_filter"), "0");
            Set(Sysctl.InterfaceKey("net/ipv4/conf", attached.Name, "accept_local"), "1");
            Save();
        }
    }

    /// <summary>Puts everything back that was changed and not changed by others since.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (File.Exists(_file))
            {
                using var written = SysctlScope.Deserialize(File.ReadAllText(_file));
                written.Restore();
                File.Delete(_file);
            }
        }
    }

    /// <summary>Leaves the settings as they are: they belong to the data plane, which goes on.</summary>
    public void Dispose()
    {
        _scope.Keep();
        _scope.Dispose();
    }

    private void Set(string key, string value)
    {
        // IPv6 may be off; an interface may be gone again.
        if (Sysctl.TryRead(key, out var before) && before != value && _scope.Set(key, value))
        {
            LogSet(key, before, value);
        }
    }

    private void Save()
    {
        Directory.CreateDirectory(stateDirectory);
        File.WriteAllText(_file + ".tmp", _scope.Serialize());
        File.Move(_file + ".tmp", _file, overwrite: true);
    }

    [LoggerMessage(8010, LogLevel.Information, "Sysctl {Key} was {Before}, now {After}")]
    private partial void LogSet(string key, string before, string after);
}
