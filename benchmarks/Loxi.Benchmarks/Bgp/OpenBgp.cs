using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bgp;

/// <summary>
/// OpenBGPD: a parent and three children, which lock themselves up in /run/openbgpd. They see a folder of the lab as /run, in a mount namespace of their own, so
/// that nothing of it is on the machine.
/// </summary>
internal sealed class OpenBgp(LabHost host, IEnumerable<(string Address, uint As)> peers) : IDaemon
{
    private const string Script = "mount --bind \"$1\" /run && exec /usr/sbin/bgpd -d -f /run/openbgpd.conf";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);
    private LabProcess? _process;

    public string Name => "openbgpd";

    public IReadOnlyList<int> Pids => _process is null ? [] : [_process.Pid, .. ProcessUsage.Children(_process.Pid)];

    public async Task StartAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the lab exists on Linux only");
        }

        var run = Path.Combine(host.Lab.StateDirectory, "openbgpd");
        Directory.CreateDirectory(Path.Combine(run, "openbgpd"));
        var neighbours = string.Concat(peers.Select(static peer => Text($"neighbor {peer.Address} {{\n remote-as {peer.As}\n passive\n announce IPv4 unicast\n}}\n")));
        var configuration = Path.Combine(run, "openbgpd.conf");
        await File.WriteAllTextAsync(configuration, Text(
            $"AS {BgpDaemons.OwnAs}\nrouter-id {BgpFeedLab.Own}\nfib-update no\nlisten on {BgpFeedLab.Own}\nsocket \"/run/bgpd.sock\"\n{neighbours}allow from any\nallow to any\n"));
        // It refuses a configuration that others may read.
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _process = host.Start("openbgpd", "/usr/bin/unshare", "--mount", "/bin/sh", "-c", Script, "sh", run);
        await _process.WaitForLineAsync("session engine ready", _patience);
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
