using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Xunit;

namespace Loxi.Core.Tests.Connections;

public sealed class ConnectionVersionTests
{
    private static readonly Gen<(uint Term, byte Owner, uint Counter)> _parts =
        Gen.Select(Gen.OneOf(Gen.UInt[0, 3], Gen.UInt[0, ConnectionVersion.MaxTerm]), Gen.OneOf(Gen.Byte[0, 2], Gen.Byte), Gen.OneOf(Gen.UInt[0, 3], Gen.UInt));

    [Fact]
    public void Value_HasThePartsWhereTheTablesHaveThem()
    {
        var version = new ConnectionVersion(0x123456, 0x78, 0x9abcdef0);

        version.Value.Should().Be(0x1234_5678_9abc_def0);
        version.ToString().Should().Be("1193046.120.2596069104");
    }

    [Fact]
    public void Parts_ComeBack() => _parts.Sample(p =>
    {
        var version = new ConnectionVersion(p.Term, p.Owner, p.Counter);
        return (version.Term, version.Owner, version.Counter) == p && new ConnectionVersion(version.Value) == version;
    });

    [Fact]
    public void Order_IsTermThenOwnerThenCounter() => Gen.Select(_parts, _parts).Sample((left, right) =>
    {
        var (l, r) = (new ConnectionVersion(left.Term, left.Owner, left.Counter), new ConnectionVersion(right.Term, right.Owner, right.Counter));
        var expected = Math.Sign(left.CompareTo(right));
        Math.Sign(l.CompareTo(r)).Should().Be(expected);
        bool[] said = [l < r, l > r, l <= r, l >= r];
        said.Should().Equal(expected < 0, expected > 0, expected <= 0, expected >= 0);
    });

    [Fact]
    public void TermOf25Bits_IsRefused()
    {
        var make = () => new ConnectionVersion(ConnectionVersion.MaxTerm + 1, 0, 1);

        make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("term");
    }

    [Theory]
    [InlineData(0xff_ffffUL, 255UL, 0xffff_ffffUL, true)]
    [InlineData(0UL, 0UL, 1UL, true)]
    [InlineData(0x100_0000UL, 0UL, 1UL, false)]
    [InlineData(1UL, 256UL, 1UL, false)]
    [InlineData(1UL, 1UL, 0UL, false)]
    [InlineData(1UL, 1UL, 0x1_0000_0000UL, false)]
    public void NumbersOfAnotherNode_FitOrAreRefused(ulong term, ulong owner, ulong counter, bool fits)
    {
        ConnectionVersion.TryCreate(term, owner, counter, out var version).Should().Be(fits);
        ((ulong)version.Term, (ulong)version.Owner, (ulong)version.Counter).Should().Be(fits ? (term, owner, counter) : (0, 0, 0));
    }
}
