using System.Net;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;

namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>
/// Captures on both ways of a case: requests where the endpoints get them; answers where the client gets them, by the node or without it,
/// and those that the node gets, at the switch's end of its link: in XDP a packet may leave before the node's own end would show it.
/// </summary>
internal sealed class Ways : IDisposable
{
    private const byte Ttl = 64;

    private readonly ModeCase _case;
    private readonly PacketCapture[] _endpoints;
    private readonly PacketCapture _byNode;
    private readonly PacketCapture _direct;
    private readonly PacketCapture _intoNode;

    /// <param name="filter">Which packets count, asked of the inner one where there is a tunnel.</param>
    public Ways(ModeLab lab, ModeCase one, Func<ParsedPacket, bool> filter)
    {
        _case = one;
        var vip = IPAddress.Parse(one.Vip);
        _endpoints = [.. lab.HostsOf(one).Select(host => host.Capture("eth0", packet => !packet.Outgoing && filter(packet.Inner ?? packet)))];
        _byNode = lab.Lab.Client.Capture("eth0", packet => !packet.Outgoing && filter(packet) && vip.Equals(packet.Source));
        _direct = lab.Lab.Client.Capture("eth1", packet => !packet.Outgoing && filter(packet) && vip.Equals(packet.Source));
        _intoNode = lab.Switch.Capture("node", packet => packet.Outgoing && filter(packet));
    }

    /// <summary>Waits for the requests, wherever they come, and returns all.</summary>
    public async Task<IReadOnlyList<CapturedPacket>> RequestsAsync(int count)
    {
        CapturedPacket[] seen = [];
        await Scenario.WaitUntilAsync(() =>
        {
            seen = [.. _endpoints.SelectMany(capture => capture.Packets)];
            return Task.FromResult((seen.Length >= count, $"{seen.Length} of {count} requests at the endpoints: {string.Join<CapturedPacket>('\n', seen)}"));
        });
        return seen;
    }

    /// <summary>Waits for the answers, and checks that they came the way of the mode, and only that.</summary>
    public async Task<IReadOnlyList<CapturedPacket>> CheckAnswersAsync(int count, int port)
    {
        var answers = await (_case.IsDirect ? _direct : _byNode).WaitForAsync(_ => true, count, "answers");
        (_case.IsDirect ? _byNode : _direct).Packets.Should().BeEmpty();
        answers.Should().OnlyContain(packet => packet.SourcePort == port && packet.ChecksumsValid);
        answers.Should().OnlyContain(packet => packet.Ttl == (_case.IsDirect && _case.Endpoints != ModeEndpoints.Routed ? Ttl : Ttl - 1));
        if (_case.IsDirect)
        {
            _intoNode.Packets.Should().BeEmpty("the endpoint answers the client itself");
        }
        else
        {
            await _intoNode.WaitForAsync(_ => true, count, "answers that come back through the node");
        }

        return answers;
    }

    public void Dispose()
    {
        foreach (var capture in (PacketCapture[])[.. _endpoints, _byNode, _direct, _intoNode])
        {
            capture.Dispose();
        }
    }
}
