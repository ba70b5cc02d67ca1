using System.Net;
using FluentAssertions;
using Loxi.Bfd;
using Loxi.Core;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Options;

public sealed class ClusterFlagTests
{
    [Theory]
    [InlineData("192.0.2.2", 0, 2, "1=192.0.2.2")]
    [InlineData("192.0.2.1", 1, 2, "0=192.0.2.1")]
    [InlineData("2001:db8::2", 0, 2, "1=2001:db8::2")]
    [InlineData("[2001:db8::2]", 0, 2, "1=2001:db8::2")]
    [InlineData("fe80::2%eth1", 0, 2, "1=fe80::2 on eth1")]
    [InlineData("1@192.0.2.2,1@198.51.100.2", 0, 2, "1=192.0.2.2,198.51.100.2")]
    [InlineData("1@192.0.2.2,2@192.0.2.3,1@[fe80::2%eth1]", 0, 3, "1=192.0.2.2,fe80::2 on eth1 2=192.0.2.3")]
    [InlineData("none", 0, 2, "")]
    public void Nodes_AndTheirPaths_AreRead(string text, int self, int slices, string expected)
    {
        var problems = new List<Problem>();

        var peers = ClusterFlag.Read(text, null, self, slices, problems);

        problems.Should().BeEmpty();
        Text(peers).Should().Be(expected);
    }

    [Theory]
    [InlineData(null, "192.0.2.2", null, "1=192.0.2.2")]
    [InlineData("192.0.2.2", "192.0.2.2", "192.0.2.1", "1=192.0.2.1 -> 192.0.2.2")]
    [InlineData("198.51.100.2", "192.0.2.2", "192.0.2.1", "1=198.51.100.2,192.0.2.1 -> 192.0.2.2")]
    public void PeerOfKeepAlive_IsAPathToo(string? text, string peer, string? self, string expected)
    {
        var problems = new List<Problem>();
        var keepAlive = new KeepAlive(new BfdSessionSettings(IPAddress.Parse(peer)) { LocalAddress = self is null ? null : IPAddress.Parse(self) });

        var peers = ClusterFlag.Read(text, keepAlive, 0, 2, problems);

        problems.Should().BeEmpty();
        Text(peers).Should().Be(expected);
    }

    [Theory]
    [InlineData("", 2, "--cluster: value '', expected [NUMBER@]ADDRESS")]
    [InlineData("192.0.2.2,", 2, "--cluster: value '', expected [NUMBER@]ADDRESS")]
    [InlineData("llb2", 2, "--cluster: value 'llb2', expected [NUMBER@]ADDRESS")]
    [InlineData("x@192.0.2.2", 2, "--cluster: value 'x@192.0.2.2', expected [NUMBER@]ADDRESS")]
    [InlineData("65536@192.0.2.2", 2, "--cluster: value '65536@192.0.2.2', expected [NUMBER@]ADDRESS")]
    [InlineData("192.0.2.2%eth0", 2, "--cluster: value '192.0.2.2%eth0', expected [NUMBER@]ADDRESS")]
    [InlineData("fe80::2%", 2, "--cluster: value 'fe80::2%', expected [NUMBER@]ADDRESS")]
    [InlineData("192.0.2.2,192.0.2.3", 2, "--cluster: value '192.0.2.2,192.0.2.3', expected the number of each node")]
    [InlineData("192.0.2.2,0@192.0.2.3", 2, "--cluster: value '192.0.2.2,0@192.0.2.3', expected the number of each node")]
    [InlineData("192.0.2.2", 3, "--cluster: value '192.0.2.2', expected the number of each node")]
    [InlineData("0@192.0.2.2", 2, "--cluster: value '0@192.0.2.2', expected other numbers than 0, which is this node")]
    [InlineData("7@192.0.2.2", 2, "--cluster: value '7@192.0.2.2', expected numbers below --port-slices, which is 2")]
    [InlineData("1@192.0.2.2,1@192.0.2.2", 2, "--cluster: value '1@192.0.2.2,1@192.0.2.2', expected 192.0.2.2 once")]
    public void WhatCannotBeUsed_IsNamed(string text, int slices, string message)
    {
        var problems = new List<Problem>();

        ClusterFlag.Read(text, null, 0, slices, problems).Should().BeEmpty();

        problems.Should().ContainSingle().Which.ToString().Should().StartWith(message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1@192.0.2.3,2@192.0.2.4")]
    public void KeepAliveOfANodeThatCannotBeKnown_IsNamed(string? text)
    {
        var problems = new List<Problem>();

        ClusterFlag.Read(text, new KeepAlive(new BfdSessionSettings(IPAddress.Parse("192.0.2.2"))), 0, 3, problems);

        problems.Should().ContainSingle().Which.ToString().Should().Be("--ka: value '192.0.2.2', expected an address that --cluster has too, with the number of its node");
    }

    private static string Text(IEnumerable<RolePeer> peers) => string.Join(' ', peers.Select(static p => $"{p.NodeId}={string.Join(',', p.Paths)}"));
}
