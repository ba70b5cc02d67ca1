using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bgp;

/// <summary>OpenBGPD: a parent and three children, which lock themselves up in a directory that a service would make for them.</summary>
internal sealed class OpenBgp(LabHost host, IEnumerable<(string Address, uint As)> peers) : IDaemon
{
    private const string Jail = "/run/openbgpd";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);
    private LabProcess? _process;
    private bool _isJailOurs;

    public string Name => "openbgpd";

    public IReadOnlyList<int> Pids => _process is null ? [] : [_process.Pid, .. ProcessUsage.Children(_process.Pid)];

    public async Task StartAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the lab exists on Linux only");
        }

        var folder = host.Lab.StateDirectory;
        var configuration = Path.Combine(folder, "openbgpd.conf");
        var neighbours = string.Concat(peers.Select(static peer => Text($"neighbor {peer.Address} {{\n remote-as {peer.As}\n passive\n announce IPv4 unicast\n}}\n")));
        await File.WriteAllTextAsync(configuration, Text(
            $"AS {BgpDaemons.OwnAs}\nrouter-id {BgpFeedLab.Own}\nfib-update no\nlisten on {BgpFeedLab.Own}\nsocket \"{folder}/openbgpd.sock\"\n{neighbours}allow from any\nallow to any\n"));
        // It refuses a configuration that others may read.
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _isJailOurs = !Directory.Exists(Jail);
        Directory.CreateDirectory(Jail);
        _process = host.Start("openbgpd", "/usr/sbin/bgpd", "-d", "-f", configuration);
        await _process.WaitForLineAsync("ready", _patience);
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
        }

        if (_isJailOurs)
        {
            Directory.Delete(Jail, recursive: true);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
