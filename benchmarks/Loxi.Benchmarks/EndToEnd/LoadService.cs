using System.Globalization;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>A service of the lab.</summary>
/// <param name="Name">Used in configurations.</param>
/// <param name="VipPort">Port at the VIP.</param>
/// <param name="EndpointPort">Port at the endpoints.</param>
/// <param name="Endpoints">How many of the lab's endpoints serve it.</param>
internal sealed record LoadService(string Name, int VipPort, int EndpointPort, int Endpoints)
{
    internal const string Vip = StandardLab.RoutedVipV4;

    internal static readonly LoadService Http = new("http", 80, 8080, 3);
    internal static readonly LoadService Ping = new("ping", 81, 9090, 3);

    /// <summary>One endpoint: iperf3 needs its connections at the same server.</summary>
    internal static readonly LoadService Bulk = new("bulk", 82, 5201, 1);

    internal static readonly IReadOnlyList<LoadService> All = [Http, Ping, Bulk];

    /// <summary>Address:port of every endpoint, with a separator of choice in between.</summary>
    internal IEnumerable<string> Targets(string separator)
        => Enumerable.Range(0, Endpoints).Select(i => string.Create(CultureInfo.InvariantCulture, $"{StandardLab.EndpointV4(i)}{separator}{EndpointPort}"));
}
