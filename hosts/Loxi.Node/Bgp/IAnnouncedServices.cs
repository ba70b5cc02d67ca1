namespace Loxi.Node.Bgp;

/// <summary>The services whose addresses may be announced.</summary>
internal interface IAnnouncedServices
{
    /// <summary>Raised when <see cref="Read"/> may have something new, from any thread.</summary>
    event Action? Changed;

    /// <summary>The services in force.</summary>
    IReadOnlyList<AnnouncedService> Read();
}
