using System.Net;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.Lab;

/// <summary>One kind of traffic of the demo and how its answers spread in each phase.</summary>
internal sealed class DemoLoad(string name, bool probed, bool newConnections, Load load) : IAsyncDisposable
{
    private readonly List<IReadOnlyDictionary<string, long>> _marks = [];

    internal string Name => name;

    /// <summary>Whether the endpoint that is killed serves this traffic.</summary>
    internal bool Probed => probed;

    /// <summary>Whether every endpoint must get its part again once it is back: connections that live on stay where they are.</summary>
    internal bool NewConnections => newConnections;

    internal LoadReport Report => load.Report;

    internal static DemoLoad Http(StandardLab lab, string name, string vip, bool keepAlive) => new(
        name, true, !keepAlive, Load.StartHttp(lab.Client, Options(vip, 80, keepAlive) with { KeepAlive = keepAlive }));

    internal static DemoLoad Udp(StandardLab lab, string name, string vip)
        => new(name, false, false, Load.StartUdp(lab.Client, Options(vip, 53, true)));

    /// <summary>Ends a phase.</summary>
    internal void Mark() => _marks.Add(load.Report.PerServer);

    /// <summary>Answers of an endpoint between two marks.</summary>
    internal long Between(int from, int to, string server)
        => _marks[to].GetValueOrDefault(server) - _marks[from].GetValueOrDefault(server);

    internal Task StopAsync() => load.StopAsync();

    public ValueTask DisposeAsync() => load.DisposeAsync();

    private static LoadOptions Options(string vip, int port, bool keepAlive) => new()
    {
        Target = new IPEndPoint(IPAddress.Parse(vip), port),
        Connections = keepAlive ? 24 : 6,
        Interval = TimeSpan.FromMilliseconds(keepAlive ? 100 : 50),
        Timeout = TimeSpan.FromSeconds(3),
    };
}
