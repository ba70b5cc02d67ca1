namespace Loxi.Ha.Transport.Wire;

/// <summary>Where things are in a HELLO datagram (docs/ha-transport.md). Numbers are in network order.</summary>
internal static class HelloLayout
{
    /// <summary>"LXHA".</summary>
    public const uint Magic = 0x4c584841;

    public const byte Version = 1;

    /// <summary>What fits in the least MTU of IPv6 without fragments: 1280 - 40 - 8.</summary>
    public const int LongestDatagram = 1232;

    public const int HeaderLength = 48;
    public const int TagLength = 32;

    public const int VersionAt = 4;
    public const int FlagsAt = 5;
    public const int LengthAt = 6;
    public const int NodeAt = 8;
    public const int KeyAt = 10;
    public const int PartAt = 12;
    public const int GroupsAt = 13;
    public const int HeardAt = 14;
    public const int IncarnationAt = 16;
    public const int SequenceAt = 24;
    public const int EchoAt = 32;
    public const int EchoDelayAt = 40;

    /// <summary>The wall clock of the sender: the low 32 bits of milliseconds since 1970; 0 where it is not told. For people, nothing is decided by it.</summary>
    public const int WallClockAt = 44;

    public const byte RequestFlag = 1;
    public const byte AnswerFlag = 2;
    public const byte KnownFlags = RequestFlag | AnswerFlag;

    public const int HeardLength = 18;
    public const int MostHeard = 16;
    public const int MostParts = 64;

    /// <summary>Without masters and name.</summary>
    public const int GroupLength = 25;

    public const int MasterLength = 14;
    public const int MostMasters = 16;
    public const int LongestName = 63;

    public const byte PinnedFlag = 1;
    public const byte ClaimsFlag = 2;
    public const byte HandsOverFlag = 4;
    public const byte KnownGroupFlags = PinnedFlag | ClaimsFlag | HandsOverFlag;
}
