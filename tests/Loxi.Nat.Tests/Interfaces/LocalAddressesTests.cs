using System.Net;
using FluentAssertions;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Xunit;

namespace Loxi.Nat.Tests.Interfaces;

public sealed class LocalAddressesTests
{
    private const int Lo = 1;
    private const int Eth0 = 2;

    private readonly List<(string Address, bool Local)> _told = [];

    [Theory]
    [InlineData("192.0.2.1", 32)]
    [InlineData("2001:db8::1", 128)]
    public void AddressOnTwoInterfaces_IsLocalUntilTheLastIsGone(string address, int prefix)
    {
        var addresses = New();
        addresses.OnChange(On(Lo, address, prefix), removed: false);
        addresses.OnChange(On(Eth0, address, prefix), removed: false);

        addresses.OnChange(On(Lo, address, prefix), removed: true);
        _told.Should().Equal((address, true));

        addresses.OnChange(On(Eth0, address, prefix), removed: true);
        _told.Should().Equal((address, true), (address, false));
    }

    [Fact]
    public void AddressWithTwoPrefixesOnOneInterface_IsLocalUntilTheLastIsGone()
    {
        var addresses = New();
        addresses.OnChange(On(Eth0, "192.0.2.1", 24), removed: false);
        addresses.OnChange(On(Eth0, "192.0.2.1", 32), removed: false);
        addresses.OnChange(On(Eth0, "192.0.2.1", 32), removed: false);

        addresses.OnChange(On(Eth0, "192.0.2.1", 24), removed: true);
        _told.Should().Equal(("192.0.2.1", true));

        addresses.OnChange(On(Eth0, "192.0.2.1", 32), removed: true);
        _told.Should().Equal(("192.0.2.1", true), ("192.0.2.1", false));
    }

    [Fact]
    public void WholeNetwork_TellsWhatDiffersAndKnowsTheInterfaces()
    {
        var addresses = New("192.0.2.1", "192.0.2.9");

        addresses.Replace([On(Lo, "192.0.2.1", 32), On(Eth0, "192.0.2.1", 24), On(Eth0, "192.0.2.2", 24)]);
        _told.Should().Equal(("192.0.2.9", false), ("192.0.2.2", true));

        _told.Clear();
        addresses.OnChange(On(Eth0, "192.0.2.1", 24), removed: true);
        _told.Should().BeEmpty();
        addresses.OnChange(On(Lo, "192.0.2.1", 32), removed: true);
        _told.Should().Equal(("192.0.2.1", false));
    }

    [Fact]
    public void AddressThatWasNeverSeen_GoesUnnoticed()
    {
        New().OnChange(On(Eth0, "192.0.2.1", 24), removed: true);

        _told.Should().BeEmpty();
    }

    private static Address On(int interfaceIndex, string address, int prefix) => new(interfaceIndex, InternetAddress.Parse(address), prefix);

    private LocalAddresses New(params string[] known) => new(known.Select(IPAddress.Parse), (address, local) => _told.Add((address.ToString(), local)));
}
