using System.ComponentModel.DataAnnotations;

namespace Loxi.Bfd.DependencyInjection;

/// <summary>The speaker of a container.</summary>
public sealed class LoxiBfdOptions
{
    /// <summary>As <see cref="BfdSpeakerOptions.RealTimePriority"/>.</summary>
    /// <value>Default: 0, the ordinary class; range 0 to 99.</value>
    [Range(0, 99)]
    public int RealTimePriority { get; set; }
}
