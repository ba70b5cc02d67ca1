using Microsoft.Extensions.Options;

namespace Loxi.Bfd.DependencyInjection;

/// <summary>The ranges of <see cref="LoxiBfdOptions"/>, checked by code that is generated from them.</summary>
[OptionsValidator]
internal sealed partial class LoxiBfdOptionsValidator : IValidateOptions<LoxiBfdOptions>;
