namespace Loxi.Bgp.Tests.Wire;

/// <summary>
/// What BIRD 2.0.12, FRR 8.4.4 and GoBGP 3.10 sent to a peer of AS 64500: AS 64496, identifier 192.0.2.1, next hops 192.0.2.1 and 2001:db8::1, MED 20, communities
/// 64496:100 and no-export, large 64496:1:2, route target 64496:7, AS 4200000001 prepended (FRR: also an aggregate of AS 3816953000 at 192.0.2.9, role provider).
/// </summary>
internal static class Recordings
{
    /// <summary>Graceful restart, LLGR, ADD-PATH both ways, extended messages and next hops.</summary>
    public static readonly byte[] BirdOpen = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff005901" +
        "04fbf0005ac00002013c023a01040001000101040002000102000600400a0078000101000002010041040000fbf04504000101034600470e00010100" +
        "000e1000020100000e10");

    /// <summary>198.51.100.0/24, 10.0.0.0/8, 198.51.100.128/25, 203.0.113.7/32.</summary>
    public static readonly byte[] BirdIpv4 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff006b02" +
        "000000444001010040020a02020000fbf0fa56ea01400304c000020180040400000014c00808fbf00064ffffff01c010080002fbf000000007c0200c" +
        "0000fbf0000000010000000218c63364080a19c633648020cb007107");

    /// <summary>As <see cref="BirdIpv4"/>, with path identifiers.</summary>
    public static readonly byte[] BirdAddPath = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff007b02" +
        "000000444001010040020a02020000fbf0fa56ea01400304c000020180040400000014c00808fbf00064ffffff01c010080002fbf000000007c0200c" +
        "0000fbf000000001000000020000000218c6336400000002080a0000000219c63364800000000220cb007107");

    /// <summary>2001:db8:1::/48 and 2001:db8:2::/64.</summary>
    public static readonly byte[] BirdIpv6 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff007d02" +
        "00000066900e00250002011020010db8000000000000000000000001003020010db800014020010db8000200004001010040020a02020000fbf0fa56" +
        "ea0180040400000014c00808fbf00064ffffff01c010080002fbf000000007c0200c0000fbf00000000100000002");

    /// <summary>As <see cref="BirdIpv4"/>, to a peer without RFC 6793.</summary>
    public static readonly byte[] BirdTwoOctetsIpv4 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff007402" +
        "0000004d400101004002060202fbf05ba0400304c000020180040400000014c00808fbf00064ffffff01c010080002fbf000000007c0110a02020000" +
        "fbf0fa56ea01c0200c0000fbf0000000010000000218c63364080a19c633648020cb007107");

    /// <summary>As <see cref="BirdIpv6"/>, to a peer without RFC 6793.</summary>
    public static readonly byte[] BirdTwoOctetsIpv6 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff008602" +
        "0000006f900e00250002011020010db8000000000000000000000001003020010db800014020010db800020000400101004002060202fbf05ba08004" +
        "0400000014c00808fbf00064ffffff01c010080002fbf000000007c0110a02020000fbf0fa56ea01c0200c0000fbf00000000100000002");

    /// <summary>End-of-RIB of IPv6.</summary>
    public static readonly byte[] BirdEndOfRibIpv6 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff001d02" +
        "00000006800f03000201");

    /// <summary>Every capability in a parameter of its own; host name router1.</summary>
    public static readonly byte[] FrrOpen = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff007b01" +
        "04fbf000b4c00002015e02060104000100010206010400020001020280000202020002024600020641040000fbf0020206000203090100020a450800" +
        "01010100020101020b490907726f75746572310002044002c0780210470e0001018000000000020180000000");

    /// <summary>198.51.100.0/24 and 203.0.113.7/32.</summary>
    public static readonly byte[] FrrIpv4 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff007a02" +
        "0000005a400101005002000a02020000fbf0fa56ea01400304c000020180040400000014400600c00708e38214a8c0000209c00808fbf00064ffffff" +
        "01c0200c0000fbf00000000100000002c010080002fbf000000007c023040000fbf018c6336420cb007107");

    /// <summary>2001:db8:1::/48.</summary>
    public static readonly byte[] FrrIpv6 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff005302" +
        "0000003c900e001c0002011020010db8000000000000000000000001003020010db80001400101005002000602010000fbf080040400000000c02304" +
        "0000fbf0");

    /// <summary>As <see cref="FrrIpv4"/>, to a peer without RFC 6793.</summary>
    public static readonly byte[] FrrTwoOctetsIpv4 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff008d02" +
        "0000006d40010100500200060202fbf05ba0400304c000020180040400000014400600c007065ba0c0000209c00808fbf00064ffffff01c0200c0000" +
        "fbf00000000100000002c010080002fbf000000007d011000a02020000fbf0fa56ea01c01208e38214a8c0000209c023040000fbf018c6336420cb00" +
        "7107");

    /// <summary>Graceful restart with N, IPv4 over IPv6 next hops, host name vm.</summary>
    public static readonly byte[] GobgpOpen = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff004901" +
        "04fbf0005ac00002012c022a0200490402766d0001040001000101040002000141040000fbf040064078000101000506000100010002");

    /// <summary>2001:db8:1::/48, MP_REACH_NLRI last.</summary>
    public static readonly byte[] GobgpIpv6 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff004302" +
        "0000002c4001010240020602010000fbf0800e1c0002011020010db8000000000000000000000001003020010db80001");

    /// <summary>198.51.100.0/24, no prepend.</summary>
    public static readonly byte[] GobgpIpv4 = WireBytes.Hex(
        "ffffffffffffffffffffffffffffffff005002" +
        "000000354001010040020602010000fbf0400304c000020180040400000014c00808fbf00064ffffff01c0200c0000fbf0000000010000000218c633" +
        "64");
}
