using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Topology;

/// <summary>One host of a lab: a network namespace with the file system of the machine.</summary>
public sealed partial class LabHost : ISocketSource, IDisposable
{
    private readonly int _number;
    private readonly Dictionary<string, string> _macs = new(StringComparer.Ordinal);
    private readonly List<WeakReference<IDisposable>> _owned = [];
    private readonly Lock _gate = new();
    private NamespaceThread? _thread;

    internal LabHost(Lab lab, string name, int number)
    {
        if (!NamePattern().IsMatch(name))
        {
            throw new ArgumentException($"host name '{name}': expected lower-case letters, digits and '-', at most 20", nameof(name));
        }

        Lab = lab;
        Name = name;
        _number = number;
        NamespaceName = $"loxi-{lab.Id}-{name}";
        NamespacePath = Path.Combine(LabPaths.Namespaces, NamespaceName);
    }

    public Lab Lab { get; }

    public string Name { get; }

    public string NamespaceName { get; }

    public string NamespacePath { get; }

    /// <summary>
    /// Instance name for a node that runs on this host: what it puts below <c>/sys/fs/bpf/loxi</c> and <c>/run/loxi</c>
    /// under this name is removed with the lab.
    /// </summary>
    public string Instance => NamespaceName;

    /// <summary>Runs <c>ip</c> in the namespace, with the words of <paramref name="command"/>.</summary>
    public string Ip(string command) => Shell.Run("ip", ["-n", NamespaceName, .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Runs several <c>ip</c> commands by one process, one per line.</summary>
    public void IpBatch(params string[] commands)
        => Shell.RunWithInput("ip", string.Join('\n', commands) + "\n", "-n", NamespaceName, "-batch", "-");

    /// <summary>Runs a command in the namespace to its end and returns its output.</summary>
    public string Exec(string file, params string[] arguments) => Shell.Run("nsenter", [$"--net={NamespacePath}", "--", file, .. arguments]);

    /// <summary>As <see cref="Exec"/>, for a command whose failure is an answer.</summary>
    public (int ExitCode, string Output, string Error) TryExec(string file, params string[] arguments)
        => Shell.Execute("nsenter", null, [$"--net={NamespacePath}", "--", file, .. arguments]);

    /// <summary>Runs code on a thread inside the namespace. Sockets made there stay in it, wherever they are used.</summary>
    public T Run<T>(Func<T> function) => Worker().Run(function);

    /// <summary>Runs code on a thread inside the namespace.</summary>
    public void Run(Action action) => Worker().Run(() =>
    {
        action();
        return true;
    });

    /// <summary>A socket of this host; closed at the latest with the lab.</summary>
    public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
        => Own(Run(() => new Socket(family, type, protocol)));

    /// <summary>A raw socket of this host for any protocol (raw(7)); .NET itself knows only some.</summary>
    public Socket CreateRawSocket(AddressFamily family, byte protocol) => Own(Run(() =>
    {
        const int raw = 3;
        const int closeOnExec = 0x80000;
        var fd = Libc.Check(Libc.Socket(family == AddressFamily.InterNetwork ? 2 : 10, raw | closeOnExec, protocol), $"raw socket for protocol {protocol}");
        return new Socket(new SafeSocketHandle(fd, ownsHandle: true));
    }));

    /// <summary>Sets a sysctl below <c>net.</c>, written with dots (<c>net.ipv4.ip_forward</c>).</summary>
    public void Sysctl(string name, string value) => Run(() => File.WriteAllText(SysctlPath(name), value));

    /// <summary>Reads a sysctl below <c>net.</c>.</summary>
    public string Sysctl(string name) => Run(() => File.ReadAllText(SysctlPath(name)).Trim());

    /// <summary>Starts a program in the namespace.</summary>
    public LabProcess Start(string name, string file, params string[] arguments)
        => LabProcess.Start(this, new LabProcessOptions { Name = name, File = file, Arguments = arguments });

    /// <summary>Starts a program in the namespace.</summary>
    public LabProcess Start(LabProcessOptions options) => LabProcess.Start(this, options);

    /// <summary>Captures what passes an interface of this host, in both directions.</summary>
    public PacketCapture Capture(string device, Func<CapturedPacket, bool>? filter = null) => Own(PacketCapture.Start(this, device, filter));

    /// <summary>MAC address of an interface that the lab made.</summary>
    public string Mac(string device) => _macs.TryGetValue(device, out var mac)
        ? mac
        : throw new ArgumentException($"{Name} has no interface '{device}' of the lab; it has: {string.Join(", ", _macs.Keys)}", nameof(device));

    /// <summary>Adds a permanent neighbour entry.</summary>
    public void AddNeighbour(string device, string address, string mac) => Ip($"neigh replace {address} lladdr {mac} dev {device} nud permanent");

    /// <summary>Adds a bridge that forwards at once and learns; ports are attached by <see cref="AttachToBridge"/>.</summary>
    public void AddBridge(string name)
    {
        IpBatch(
            $"link add {name} address {NextMac(name)} type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
            $"link set {name} up");
    }

    public void AttachToBridge(string bridge, params string[] ports)
        => IpBatch([.. ports.Select(port => $"link set {port} master {bridge}")]);

    /// <summary>
    /// Takes an interface down or up. The other end of its link loses its carrier but keeps its addresses and routes, so a
    /// cable is pulled by taking down the end that is not under test.
    /// </summary>
    public void SetUp(string device, bool up) => Ip($"link set {device} {(up ? "up" : "down")}");

    /// <summary>Adds an address (with prefix length) to an interface.</summary>
    public void AddAddress(string device, params string[] addresses)
        => IpBatch([.. addresses.Select(address => $"address add {address} dev {device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}")]);

    internal string NextMac(string device)
    {
        var mac = string.Create(CultureInfo.InvariantCulture, $"02:4c:58:00:{_number:x2}:{_macs.Count:x2}");
        _macs.Add(device, mac);
        return mac;
    }

    internal void CreateNamespace()
    {
        Shell.Run("ip", "netns", "add", NamespaceName);
        _thread = new NamespaceThread(NamespacePath);
        foreach (var scope in new[] { "all", "default" })
        {
            Sysctl($"net.ipv6.conf.{scope}.accept_dad", "0");
            Sysctl($"net.ipv6.conf.{scope}.accept_ra", "0");
            Sysctl($"net.ipv6.conf.{scope}.router_solicitations", "0");
            Sysctl($"net.ipv6.conf.{scope}.keep_addr_on_down", "1");
            Sysctl($"net.ipv4.conf.{scope}.rp_filter", "0");
        }

        Ip("link set lo up");
    }

    internal T Own<T>(T disposable)
        where T : class, IDisposable
    {
        lock (_gate)
        {
            if (_owned.Count >= 1024 && _owned.Count % 1024 == 0)
            {
                _owned.RemoveAll(reference => !reference.TryGetTarget(out _));
            }

            _owned.Add(new WeakReference<IDisposable>(disposable));
        }

        return disposable;
    }

    /// <summary>Closes what this process holds open in the namespace.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            foreach (var reference in _owned)
            {
                if (reference.TryGetTarget(out var target))
                {
                    target.Dispose();
                }
            }

            _owned.Clear();
        }

        Interlocked.Exchange(ref _thread, null)?.Dispose();
    }

    /// <summary>Called by the lab.</summary>
    void IDisposable.Dispose() => Release();

    private NamespaceThread Worker() => _thread ?? throw new ObjectDisposedException(NamespaceName);

    private static string SysctlPath(string name) => name.StartsWith("net.", StringComparison.Ordinal)
        ? $"/proc/sys/{name.Replace('.', '/')}"
        : throw new ArgumentException($"sysctl '{name}': expected one below net.", nameof(name));

    [GeneratedRegex("^[a-z0-9-]{1,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
