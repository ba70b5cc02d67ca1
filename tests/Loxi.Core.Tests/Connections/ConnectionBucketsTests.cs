using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Connections;

public sealed class ConnectionBucketsTests
{
    /// <summary>Computed from the documented formula by another program: nodes of different versions must agree.</summary>
    [Theory]
    [InlineData("198.51.100.10", 40000, "203.0.113.10", 80, ServiceProtocol.Tcp, 1727)]
    [InlineData("2001:db8:100::10", 40000, "2001:db8:113::10", 80, ServiceProtocol.Tcp, 272)]
    [InlineData("198.51.100.10", 7, "203.0.113.10", 0, ServiceProtocol.Icmp, 607)]
    public void Bucket_IsThatOfTheFormula(string client, ushort clientPort, string vip, ushort vipPort, ServiceProtocol protocol, int expected) =>
        ConnectionBuckets.Of(Records.Address(client), clientPort, Records.Address(vip), vipPort, protocol).Should().Be(expected);

    [Fact]
    public void Bucket_DoesNotDependOnWhatChanges() => Gen.Select(Records.Any, Records.Any).Sample((one, other) =>
        ConnectionBuckets.Of(one) == ConnectionBuckets.Of(other with { Client = one.Client, ClientPort = one.ClientPort, Vip = one.Vip, VipPort = one.VipPort, Protocol = one.Protocol }));

    [Fact]
    public void Connections_AreSpreadEvenly()
    {
        var counts = new int[ConnectionBuckets.Count];
        for (var i = 0; i < 1 << 16; i++)
        {
            counts[ConnectionBuckets.Of(Records.Tcp with { Client = FlowAddress.FromIPv4(0x0a00_0000u + (uint)i), ClientPort = (ushort)(1024 + (i % 7)) })]++;
        }

        counts.Should().OnlyContain(c => c > 0 && c < 48, "16 on the average");
    }

    [Fact]
    public void Set_HoldsWhatWasAdded() => Gen.Int[0, ConnectionBuckets.Count - 1].List[0, 200].Sample(buckets =>
    {
        var set = new ConnectionBuckets();
        buckets.ForEach(set.Add);
        var held = Enumerable.Range(0, ConnectionBuckets.Count).Where(set.Contains).ToArray();
        held.Should().Equal(buckets.Distinct().Order());
        set.Size.Should().Be(held.Length);
    });

    [Fact]
    public void Word_Holds64Buckets()
    {
        var set = new ConnectionBuckets();
        set.AddWord(2, 0b101);
        (set.Contains(128), set.Contains(129), set.Contains(130), set.Size).Should().Be((true, false, true, 2));

        set.Fill();
        set.Size.Should().Be(ConnectionBuckets.Count);
        set.Clear();
        set.Size.Should().Be(0);
    }
}
