namespace Loxi.Ha.Announce;

/// <summary>How much an announcer takes.</summary>
public static class AnnouncerLimits
{
    /// <summary>The most VIP groups.</summary>
    public const int Groups = 256;

    /// <summary>The most addresses of all groups together.</summary>
    public const int Addresses = 8192;
}
