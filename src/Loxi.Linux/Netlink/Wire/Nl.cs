namespace Loxi.Linux.Netlink.Wire;

/// <summary>Numbers of the kernel's netlink interface (linux/netlink.h, linux/rtnetlink.h, linux/if_link.h and siblings).</summary>
internal static class Nl
{
    internal const int HeaderSize = 16;
    internal const int AttributeHeaderSize = 4;

    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort NewLink = 16;
    internal const ushort DelLink = 17;
    internal const ushort GetLink = 18;
    internal const ushort NewAddr = 20;
    internal const ushort DelAddr = 21;
    internal const ushort GetAddr = 22;
    internal const ushort NewRoute = 24;
    internal const ushort DelRoute = 25;
    internal const ushort GetRoute = 26;
    internal const ushort NewNeigh = 28;
    internal const ushort DelNeigh = 29;
    internal const ushort GetNeigh = 30;
    internal const ushort NewRule = 32;
    internal const ushort DelRule = 33;
    internal const ushort GetRule = 34;

    internal const ushort NewQdisc = 36;
    internal const ushort DelQdisc = 37;
    internal const ushort NewClass = 40;
    internal const ushort DelClass = 41;
    internal const ushort NewFilter = 44;
    internal const ushort DelFilter = 45;

    internal const ushort FlagRequest = 1;
    internal const ushort FlagAck = 4;
    internal const ushort FlagDumpInterrupted = 0x10;
    internal const ushort FlagDump = 0x300;
    internal const ushort FlagReplace = 0x100;
    internal const ushort FlagExclusive = 0x200;
    internal const ushort FlagCreate = 0x400;
    internal const ushort FlagAppend = 0x800;

    /// <summary>In an acknowledgement: the request is not echoed beyond its header.</summary>
    internal const ushort FlagCapped = 0x100;

    /// <summary>In an acknowledgement: attributes of the extended acknowledgement follow.</summary>
    internal const ushort FlagAckAttributes = 0x200;

    internal const ushort AttributeTypeMask = 0x3fff;

    internal const byte FamilyUnspecified = 0;
    internal const byte FamilyInet = 2;
    internal const byte FamilyInet6 = 10;

    internal const ushort ErrorMessageAttribute = 1;

    internal const ushort IflaAddress = 1;
    internal const ushort IflaName = 3;
    internal const ushort IflaMtu = 4;
    internal const ushort IflaLink = 5;
    internal const ushort IflaMaster = 10;
    internal const ushort IflaOperState = 16;
    internal const ushort IflaLinkInfo = 18;
    internal const ushort IflaStats64 = 23;
    internal const ushort IflaAfSpec = 26;
    internal const ushort IflaTxQueues = 31;
    internal const ushort IflaRxQueues = 32;
    internal const ushort IflaCarrierChanges = 35;
    internal const ushort IflaXdp = 43;
    internal const ushort IflaInfoKind = 1;
    internal const ushort IflaInfoData = 2;
    internal const ushort IflaVlanId = 1;
    internal const ushort IflaInetConf = 1;
    internal const ushort IflaInet6Conf = 2;
    internal const ushort IflaXdpProgramId = 4;

    internal const ushort IfaAddress = 1;
    internal const ushort IfaLocal = 2;
    internal const ushort IfaLabel = 3;
    internal const ushort IfaBroadcast = 4;
    internal const ushort IfaCacheInfo = 6;
    internal const ushort IfaFlags = 8;
    internal const ushort IfaRoutePriority = 9;
    internal const ushort IfaProtocol = 11;

    internal const ushort RtaDestination = 1;
    internal const ushort RtaSource = 2;
    internal const ushort RtaOutputInterface = 4;
    internal const ushort RtaGateway = 5;
    internal const ushort RtaPriority = 6;
    internal const ushort RtaPreferredSource = 7;
    internal const ushort RtaMetrics = 8;
    internal const ushort RtaMultipath = 9;
    internal const ushort RtaTable = 15;
    internal const ushort RtaMark = 16;
    internal const ushort RtaVia = 18;
    internal const ushort RtaNextHopObject = 30;
    internal const ushort RtaMetricMtu = 2;
    internal const uint RouteFlagLookupTable = 0x1000;

    internal const ushort FraDestination = 1;
    internal const ushort FraSource = 2;
    internal const ushort FraInputInterface = 3;
    internal const ushort FraGoto = 4;
    internal const ushort FraPriority = 6;
    internal const ushort FraMark = 10;
    internal const ushort FraFlow = 11;
    internal const ushort FraSuppressInterfaceGroup = 13;
    internal const ushort FraSuppressPrefixLength = 14;
    internal const ushort FraTable = 15;
    internal const ushort FraMask = 16;
    internal const ushort FraOutputInterface = 17;
    internal const ushort FraPadding = 18;
    internal const ushort FraProtocol = 21;
    internal const uint RuleFlagInvert = 2;

    internal const ushort NdaDestination = 1;
    internal const ushort NdaLinkLayerAddress = 2;
    internal const ushort NdaInterface = 8;
    internal const ushort NdaFlagsExt = 15;

    internal static int Align(int length) => (length + 3) & ~3;
}
