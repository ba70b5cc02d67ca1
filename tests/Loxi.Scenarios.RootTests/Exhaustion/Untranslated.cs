using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests.Exhaustion;

/// <summary>Captures at the endpoints what of a service's packets was not translated: none may come.</summary>
internal sealed class Untranslated : IDisposable
{
    private readonly PacketCapture[] _captures;

    /// <param name="sourceToo">Whether the mode rewrites the source, so that the client's address is wrong there as well.</param>
    public Untranslated(StandardLab lab, IPAddress vip, bool sourceToo)
    {
        var client = IPAddress.Parse(vip.AddressFamily == AddressFamily.InterNetwork ? lab.ClientV4 : lab.ClientV6);
        _captures =
        [
            .. lab.Endpoints.Select(host => host.Capture("eth0", packet => !packet.Outgoing && (vip.Equals(packet.Destination) || (sourceToo && client.Equals(packet.Source))))),
        ];
    }

    public void Check()
    {
        _captures.SelectMany(capture => capture.Packets).Should().BeEmpty();
        _captures.Should().OnlyContain(capture => capture.Dropped == 0);
    }

    public void Dispose()
    {
        foreach (var capture in _captures)
        {
            capture.Dispose();
        }
    }
}
