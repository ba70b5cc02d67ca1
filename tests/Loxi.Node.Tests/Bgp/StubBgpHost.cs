using System.Net;
using Loxi.Node.Bgp;

namespace Loxi.Node.Tests.Bgp;

internal sealed class StubBgpHost : IBgpHost
{
    public string? Address { get; set; } = "192.0.2.250";

    /// <summary>Own addresses: <c>192.0.2.250</c>, <c>fe80::1%eth0</c>.</summary>
    public HashSet<string> Own { get; } = [];

    public bool Has(IPAddress address, string? interfaceName) => Own.Contains(address.IsIPv6LinkLocal ? $"{address}%{interfaceName}" : $"{address}");

    public IPAddress? FindRouterId() => Address is null ? null : IPAddress.Parse(Address);
}
