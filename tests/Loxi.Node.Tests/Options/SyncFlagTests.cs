using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Core;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Options;

public sealed class SyncFlagTests
{
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);

    [Theory]
    [InlineData(null, 1, "")]
    [InlineData("none", 1, "")]
    [InlineData("pair", 2, "")]
    [InlineData("A", 1, "1=A")]
    [InlineData("1@A", 1, "1=A")]
    [InlineData("1@A,1@B", 1, "1=A,B")]
    [InlineData("2@B,1@A", 2, "2=B 1=A")]
    public void Pins_AreRead(string? text, int others, string expected)
    {
        var problems = new List<Problem>();

        var peers = SyncFlag.Read(text?.Replace("A", A).Replace("B", B), Others(others), problems);

        problems.Should().BeEmpty();
        string.Join(' ', peers.Select(static p => $"{p.NodeId}={string.Join(',', p.Pins)}")).Should().Be(expected.Replace("A", A).Replace("B", B));
    }

    [Theory]
    [InlineData("A", 2, "A", "[NUMBER@]PIN")]
    [InlineData("x", 1, "x", "[NUMBER@]PIN")]
    [InlineData("1@x", 1, "1@x", "[NUMBER@]PIN")]
    [InlineData("256@A", 1, "256@A", "[NUMBER@]PIN")]
    [InlineData("2@A", 1, "2@A", "the number of a node of --cluster")]
    [InlineData("1@A", 0, "1@A", "the number of a node of --cluster")]
    [InlineData("1@A", 2, "1@A", "the pin of node 2 too")]
    public void WhatCannotBeUsed_IsNamed(string text, int others, string value, string expected)
    {
        var problems = new List<Problem>();

        SyncFlag.Read(text.Replace("A", A), Others(others), problems).Should().BeEmpty();

        problems.Should().ContainSingle().Which.Should().Match<Problem>(p => p.Field == "--ha-sync" && p.Value == value.Replace("A", A) && p.Expected.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 1, false, null)]
    [InlineData("none", 1, false, null)]
    [InlineData("pair", 1, true, null)]
    [InlineData("pair", 0, true, "other nodes to pair with (--cluster), or none")]
    public void Pair_BeginsWithoutPins_ButNotWithoutNodes(string? text, int others, bool isPair, string? expected)
    {
        var problems = new List<Problem>();

        SyncFlag.ReadPair(text, Others(others), problems).Should().Be(isPair);

        problems.Select(static p => p.Expected).Should().Equal(expected is null ? [] : [expected]);
    }

    private static ImmutableArray<RolePeer> Others(int count) => [.. Enumerable.Range(1, count).Select(static i => new RolePeer((ushort)i) { Paths = [new RolePath(IPAddress.Parse($"192.0.2.{i}"))] })];
}
