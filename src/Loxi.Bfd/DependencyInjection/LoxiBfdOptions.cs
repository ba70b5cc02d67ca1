using System.ComponentModel.DataAnnotations;

namespace Loxi.Bfd.DependencyInjection;

/// <summary>The speaker of a container.</summary>
public sealed class LoxiBfdOptions
{
    /// <summary>As <see cref="BfdSpeakerOptions.RealTimePriority"/>.</summary>
    /// <value>Default: 0, the ordinary class; range 0 to 99.</value>
    [Range(0, 99)]
    public int RealTimePriority { get; set; }

    /// <summary><see cref="BfdSpeakerOptions.StopTimeout"/> in seconds.</summary>
    /// <value>Default: 2; range 0 to 60.</value>
    [Range(0.0, 60.0)]
    public double StopTimeoutSeconds { get; set; } = 2;
}
