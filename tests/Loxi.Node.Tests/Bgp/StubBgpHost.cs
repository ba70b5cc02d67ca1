using System.Net;
using Loxi.Node.Bgp;

namespace Loxi.Node.Tests.Bgp;

internal sealed class StubBgpHost : IBgpHost
{
    public string? Address { get; set; } = "192.0.2.250";

    public IPAddress? FindRouterId() => Address is null ? null : IPAddress.Parse(Address);
}
