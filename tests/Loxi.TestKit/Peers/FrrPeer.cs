using System.Text.Json;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Peers;

/// <summary>FRR: zebra and other daemons of it, each with a configuration of its own.</summary>
public sealed class FrrPeer : RoutingPeer
{
    private const string Programs = "/usr/lib/frr";
    private const string Zebra = "zebra";

    private readonly Dictionary<string, string[]> _more = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _configurations = new(StringComparer.Ordinal) { [Zebra] = "hostname peer\n" };

    public FrrPeer(LabHost host)
        : base(host, "frr")
    {
        // The daemons give up root, and vtysh asks for a configuration of its own.
        Write("vtysh.conf", "");
        Shell.Run("chown", "frr:frr", Folder);
    }

    /// <summary>Adds a daemon, for example <c>bfdd</c> or <c>bgpd</c>, or replaces its configuration for the next start.</summary>
    /// <param name="daemon">Its name.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="more">Further arguments, for example <c>-n</c> of bgpd, which keeps routes out of the kernel.</param>
    public void Configure(string daemon, string configuration, params string[] more)
    {
        _configurations[daemon] = configuration;
        _more[daemon] = more;
    }

    public override async Task StartAsync()
    {
        // A killed daemon leaves them, and the next one would take them for a living one's.
        foreach (var left in Directory.EnumerateFiles(Folder).Where(static f => Path.GetExtension(f) is ".vty" or ".pid" or ".api" or ".sock"))
        {
            File.Delete(left);
        }

        // zebra first, and ready: a daemon that does not find it tries again after ten seconds.
        foreach (var (daemon, configuration) in _configurations.OrderByDescending(static c => c.Key == Zebra))
        {
            Write($"{daemon}.conf", configuration);
            await RunAsync(Path.Combine(Programs, daemon), "starting: vty", Arguments(daemon));
        }
    }

    /// <summary>Runs commands of vtysh one after the other.</summary>
    /// <exception cref="LabException">One of them is not accepted.</exception>
    public string Ask(params string[] commands)
    {
        var output = Shell.Run("vtysh", ["--vty_socket", Folder, "--config_dir", Folder, .. commands.SelectMany(static c => new[] { "-c", c })]);
        return output.Split('\n').FirstOrDefault(static line => line.StartsWith('%')) is { } refusal
            ? throw new LabException($"vtysh refuses '{string.Join("; ", commands)}': {refusal}")
            : output;
    }

    /// <summary>Runs a command that answers with JSON.</summary>
    public JsonElement AskJson(string command)
    {
        using var document = JsonDocument.Parse(Ask(command));
        return document.RootElement.Clone();
    }

    private string[] Arguments(string daemon)
    {
        string[] common =
        [
            "-f", InFolder($"{daemon}.conf"), "-z", InFolder("zserv.api"), "--vty_socket", Folder, "-i", InFolder($"{daemon}.pid"),
            "-A", "127.0.0.1", "-P", "0", "--log", "stdout", .. _more.GetValueOrDefault(daemon) ?? [],
        ];
        return daemon == "bfdd" ? [.. common, "--bfdctl", InFolder("bfdd.sock")] : common;
    }
}
