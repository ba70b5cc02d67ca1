using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>FRR's bfdd, with the zebra that it needs.</summary>
internal sealed class FrrProgram(LabHost host, BfdSetting setting) : IDaemon
{
    private readonly FrrPeer _frr = new(host);

    public string Name => "frr";

    public IReadOnlyList<int> Pids => [.. _frr.Running.Where(static process => process.Name == "bfdd").Select(static process => process.Pid)];

    public Task StartAsync()
    {
        var sessions = Enumerable.Range(0, setting.Sessions).SelectMany(i => new[]
        {
            $" peer {BfdPair.Peer(i)} local-address {BfdPair.Own(i)} interface {BfdPair.Device}",
            string.Create(CultureInfo.InvariantCulture, $"  transmit-interval {setting.Milliseconds}"),
            string.Create(CultureInfo.InvariantCulture, $"  receive-interval {setting.Milliseconds}"),
            string.Create(CultureInfo.InvariantCulture, $"  detect-multiplier {BfdSetting.Multiplier}"),
            " exit",
        });
        _frr.Configure("bfdd", string.Join('\n', ["bfd", .. sessions, "exit"]) + "\n");
        return _frr.StartAsync();
    }

    public Task StopAsync() => _frr.StopAsync();
}
